/* Interrupts from the keyboard at a program that takes none. */
#ifndef TROUPE_INTERRUPTS_H
#define TROUPE_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct interrupts {
    int count;
    int64_t last; /* as now_millis gives it */
};

/*
 * Takes account of a SIGINT that is about to be sent to PID, and says on standard error what will come of it. True: it
 * was the third within a few seconds that the program does not take, and SIGKILL is meant.
 */
bool insists(struct interrupts *i, pid_t pid);

#endif
