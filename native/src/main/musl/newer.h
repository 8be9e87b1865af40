/*
 * Newer system calls that musl 1.2.3 does not declare, as glibc 2.36 declares them. Included before every source when the
 * program is built with musl (see the Makefile).
 */
#ifndef TROUPE_MUSL_NEWER_H
#define TROUPE_MUSL_NEWER_H

#include <linux/close_range.h>
#include <linux/mount.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef int __rlimit_resource_t;

static inline int close_range(unsigned first, unsigned last, int flags)
{
    return (int)syscall(SYS_close_range, first, last, flags);
}

static inline int execveat(int directory, const char *path, char *const argv[], char *const envp[], int flags)
{
    return (int)syscall(SYS_execveat, directory, path, argv, envp, flags);
}

static inline int open_tree(int directory, const char *path, unsigned flags)
{
    return (int)syscall(SYS_open_tree, directory, path, flags);
}

static inline int move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags)
{
    return (int)syscall(SYS_move_mount, from, from_path, to, to_path, flags);
}

static inline int fsopen(const char *type, unsigned flags)
{
    return (int)syscall(SYS_fsopen, type, flags);
}

static inline int fsconfig(int fs, unsigned command, const char *key, const void *value, int aux)
{
    return (int)syscall(SYS_fsconfig, fs, command, key, value, aux);
}

static inline int fsmount(int fs, unsigned flags, unsigned attributes)
{
    return (int)syscall(SYS_fsmount, fs, flags, attributes);
}

static inline int mount_setattr(int fd, const char *path, unsigned flags, struct mount_attr *attributes, size_t size)
{
    return (int)syscall(SYS_mount_setattr, fd, path, flags, attributes, size);
}

#endif
