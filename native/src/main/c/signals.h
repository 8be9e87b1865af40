/* The client's signals, read from a descriptor. */
#ifndef TROUPE_SIGNALS_H
#define TROUPE_SIGNALS_H

#include "step.h"

/*
 * Blocks all signals that can be handled and gives a signalfd(2) for them; -1 with errno. Not among them: SIGCHLD (ends
 * are seen by pidfd), SIGPIPE (blocked and not read: writes say EPIPE), and those of a shell's job control.
 */
int open_signals(void);

/* The next signal that is there, or 0. */
int next_signal(int signals);

/*
 * While no process of the container's runs: was the client told to end (SIGINT, SIGTERM, SIGHUP, SIGQUIT)? It is then in
 * interrupted_by. Other signals are dropped: there is nobody to forward them to. False where there is no signalfd.
 */
bool interrupted(struct context *c);

/* Is the signal one of SIGINT, SIGTERM, SIGHUP, SIGQUIT? */
bool ends_client(int signal);

/* In a new process of the container's: default dispositions, nothing blocked. */
void reset_signals(void);

#endif
