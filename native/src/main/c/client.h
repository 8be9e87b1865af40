/* The client: hands the command line to the supervisor, and does what comes back. */
#ifndef TROUPE_CLIENT_H
#define TROUPE_CLIENT_H

/* Gives the exit code. */
int client_main(int argc, char **argv);

#endif
