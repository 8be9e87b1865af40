/* The park: a process that keeps pidfds for a supervisor that may die. */
#ifndef TROUPE_PARK_H
#define TROUPE_PARK_H

/* Serves at the socket until it is told to quit, or keeps nothing and serves nobody. Gives the exit code. */
int park_main(char *path);

#endif
