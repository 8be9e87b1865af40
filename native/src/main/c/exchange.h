/*
 * Between the client and the container's process, over a socketpair that no plan sees.
 *
 *   client                                      process
 *     struct preamble, the plan's bytes  ---->
 *     'T' told                           <--->   'T' told                      Step.Tell
 *                                        <----   'P' i32 pid, its pidfd        only from the process that joins
 *                                        <----   'M' string name, the master   Step.Console
 *                                        <----   'C' a socket                  Step.Channel
 *                                        <----   'W' or 'F', as in contract.h  a hook that may fail; a failure
 *                                        <----   'R' ready                     Step.Gate
 *     'I', a descriptor                  ---->                              Step.MapTree, Step.ConnectAgent
 *     'A' adopted                        ---->   may outlive the client now
 *                                        <----   'X' executing
 *                                        <----   end of file: it runs, or it is dead
 */
#ifndef TROUPE_EXCHANGE_H
#define TROUPE_EXCHANGE_H

#include "step.h"

enum message {
    MESSAGE_TOLD = 'T',
    MESSAGE_PID = 'P',
    MESSAGE_HANDED = 'I',
    MESSAGE_MASTER = 'M',
    MESSAGE_CHANNEL = 'C',
    MESSAGE_WARNING = 'W',
    MESSAGE_FAILED = START_FAILED,
    MESSAGE_READY = 'R',
    MESSAGE_ADOPTED = 'A',
    MESSAGE_EXECUTING = START_EXECUTING,
    MESSAGE_END = 0
};

/* Descriptors are inherited: the numbers are the receiver's, -1 for none. */
struct preamble {
    uint32_t plan_length;
    int32_t listener;
    int32_t target;
    int32_t self;
    int32_t cgroup;
    int32_t hook_output;
    int32_t hook_errors;
    int32_t trees[MAX_TREES];
    uint32_t tree_count;
    int32_t pid; /* the process's own pid as the client sees it */
    uint32_t mask;
};

/* In the client: sends the plan to who runs SECTION_JOIN or SECTION_CHILD. False with errno. */
bool send_plan(const struct context *c, const struct preamble *preamble, const unsigned char *plan);

/* In the client: hands a descriptor to the process. False with errno. */
bool hand_over(const struct context *c, int fd);

/* In the client: takes the next message, waiting for it, and notes it in the context. */
enum message take_message(struct context *c);

/* In the client: gives a pty's master to who asked for it by a console socket; without one the client keeps it. */
bool give_master(struct context *c, const char *name, int master);

/*
 * In the process: says that it executes its program now, and does the last that a filter need not allow; once. After it a
 * profile has to let execve(2) pass and no more, as for other runtimes.
 */
void announce(struct context *c);

/* In the process: reports the failure in the context to whoever is to hear it. */
void report_failure(struct context *c);

#endif
