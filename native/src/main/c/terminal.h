/* The client's own terminal, relayed to the container's pty. */
#ifndef TROUPE_TERMINAL_H
#define TROUPE_TERMINAL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

enum { RELAY_BYTES = 8192, TERMINAL_POLLS = 4 };

struct relay {
    size_t start;
    size_t end;
    char bytes[RELAY_BYTES];
};

struct terminal {
    int master;      /* -1 if there is none, or it has hung up */
    bool raw;        /* SAVED is to be restored */
    bool input_open; /* standard input has not ended */
    struct termios saved;
    struct relay in;  /* standard input to master */
    struct relay out; /* master to standard output */
};

/* Takes the master over and makes the client's terminal raw, if standard input is one. */
void open_terminal(struct terminal *t, int master);

/* Gives the master the size of the client's terminal. */
void resize_terminal(const struct terminal *t);

/* Fills TERMINAL_POLLS entries; and after poll(2) moves what can be moved. */
void prepare_terminal(const struct terminal *t, struct pollfd *polls);
void serve_terminal(struct terminal *t, const struct pollfd *polls);

/* Once the process has ended: writes out what its terminal still holds. */
void drain_terminal(struct terminal *t);

/* Makes the client's terminal as it was. Harmless if there is nothing to do. */
void close_terminal(struct terminal *t);

#endif
