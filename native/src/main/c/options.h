/* The few words of the command line that the client itself must understand. */
#ifndef TROUPE_OPTIONS_H
#define TROUPE_OPTIONS_H

#include <limits.h>
#include <stdbool.h>

struct options {
    int argc;
    char **argv;
    int command;          /* index of the command word, or ARGC */
    char run[PATH_MAX];   /* run directory, absolute */
    char data[PATH_MAX];  /* data directory as asked for, absolute; empty if not asked for */
};

/* False after telling what is wrong. */
bool read_options(struct options *o, int argc, char **argv);

/* Is the Nth word from the command on this one? */
bool is_word(const struct options *o, int n, const char *word);

#endif
