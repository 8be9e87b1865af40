/* Finding the supervisor, and starting one. */
#ifndef TROUPE_CONNECT_H
#define TROUPE_CONNECT_H

#include "options.h"

#define SOCKET_NAME "supervisor.sock"

/* Opens the run directory, which must be ours alone. -1 with errno; with 0 the failure has been told. */
int open_run(const struct options *o);

/* Connects to the supervisor. -1 with errno; with 0 the failure has been told. */
int connect_supervisor(const struct options *o);

/* The same, starting one if none answers. -1 after telling why. */
int reach_supervisor(const struct options *o);

/* start.c: starts a supervisor and waits until it is ready. False after telling why not. */
bool start_supervisor(const struct options *o, int run);

/*
 * leave.c: goes to the root of every cgroup hierarchy that this process may. A supervisor started on demand would else
 * live in the cgroups of whoever came first, such as conmon's or a login's: limited, frozen and killed with them, and
 * keeping them from being removed.
 */
void leave_cgroups(void);

/* start.c: becomes the supervisor ("supervisor run"), with what follows those words. Returns an exit code on failure. */
int become_supervisor(const struct options *o);

#endif
