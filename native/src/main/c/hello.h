/* The client's first words (FRAME_HELLO). */
#ifndef TROUPE_HELLO_H
#define TROUPE_HELLO_H

#include <stdbool.h>

/* Sends argv, the working directory, the environment that matters, and what the terminal is like. False with errno. */
bool send_hello(int supervisor, int argc, char **argv);

#endif
