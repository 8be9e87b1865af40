package io.troupe.protocol;

/**
 * Who asks: the other end of the socket as the kernel names it (SO_PEERCRED), and its command line.
 *
 * @param uid user id
 * @param gid group id
 * @param pid process id, as the supervisor sees it; 0 where it is not known
 * @param commandLine the arguments joined by blanks, at most 512 characters; may be empty
 */
public record Peer(int uid, int gid, int pid, String commandLine) {}
