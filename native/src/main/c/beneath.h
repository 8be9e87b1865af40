/*
 * Paths inside the container. The container's owner may have put anything there, and may change it while we look: so
 * each path is opened beneath the root by openat2(2), and only what was opened is used, by descriptor.
 */
#ifndef TROUPE_BENEATH_H
#define TROUPE_BENEATH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Opens PATH with ROOT as "/" (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE). -1 with errno. */
int open_in_root(int root, const char *path, int flags, uint64_t resolve);

/*
 * Opens a target, O_PATH. For those below /proc, /sys and /dev, where the launcher mounts and makes things that a link
 * could move elsewhere, symbolic links are refused (ELOOP). FLAGS may be O_DIRECTORY or O_NOFOLLOW.
 */
int open_target(int root, const char *target, int flags);

/* The same, making the directory and its parents if missing. */
int make_directory_target(int root, const char *target, mode_t mode);

/* The same for an empty file. One that exists is taken, whatever it is. */
int make_file_target(int root, const char *target);

/*
 * Opens the directory that TARGET is in, making it if missing, and points *NAME to the last part of TARGET. EINVAL if
 * that is no name (empty, "." or "..").
 */
int make_parent(int root, const char *target, const char **name);

/* Makes CHILD (an O_PATH descriptor of a mount, not attached anywhere yet) visible at TARGET. Closes neither. */
bool attach(int mount, int target);

#endif
