/* AF_UNIX stream sockets at paths of any length. */
#ifndef TROUPE_SOCKETS_H
#define TROUPE_SOCKETS_H

/*
 * Connects to the socket NAME in the open directory. Goes by way of the directory's descriptor, so that neither the
 * length of its path matters nor who renames it. -1 with errno.
 */
int connect_in(int directory, const char *name);

/* Makes a listening socket there, mode 0600, in place of one that is left over. -1 with errno. */
int listen_in(int directory, const char *name, int backlog);

#endif
