/* The launch of one process, on the client's side; child.c is the other. */
#ifndef TROUPE_LAUNCH_H
#define TROUPE_LAUNCH_H

#include "step.h"

/*
 * Carries out a plan up to the end of SECTION_AFTER, telling the supervisor (FRAME_PID, FRAME_DONE). After false the
 * process is gone and context.failure says why.
 */
bool launch(struct context *c, const unsigned char *plan, uint32_t length);

/* Kills the process, if there is one that was not waited for, and waits for it. */
void end_process(struct context *c);

/* Waits for the process, which has ended or is about to. Gives its status as wait(2) does. */
int wait_status(struct context *c);

/* Puts into context.failure that the process ended before its program ran, and how; waits for it. */
void fail_with_end(struct context *c);

/*
 * Clones a process that executes the sealed binary as NAME, with the socket PAIR. FLAGS are for clone3(2), besides
 * CLONE_PIDFD. Gives its pid, or -1 with errno. *PIDFD is close-on-exec.
 */
pid_t clone_sealed(struct context *c, uint64_t flags, const char *name, int pair, int *pidfd);

/* The names under which the sealed binary runs, which choose what it does. */
#define NAME_OF_CHILD "troupe: init"
#define NAME_OF_JOIN "troupe: join"

/*
 * child.c: the mains of those two. READABLE: /proc/PID of this process must stay its user's, because a client without
 * privileges has to write its id maps; else nobody may look into it.
 */
int child_main(int pair, bool readable);
int join_main(int pair);

#endif
