#include "beneath.h"

#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A rename anywhere makes openat2(2) give EAGAIN when ".." is in the way; an attacker can rename for ever. */
enum { ATTEMPTS = 128 };

int open_in_root(int root, const char *path, int flags, uint64_t resolve)
{
    struct open_how how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
    };

    for (int i = 0; i < ATTEMPTS; i++) {
        int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
        if (fd != -1 || (errno != EAGAIN && errno != EINTR))
            return fd;
    }
    return -1;
}

/* Is the path NAME itself, or something below it? */
static bool is_at_or_below(const char *path, const char *name)
{
    size_t length = strlen(name);

    while (*path == '/')
        path++;
    return strncmp(path, name, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static uint64_t resolution(const char *target)
{
    bool ours = is_at_or_below(target, "proc") || is_at_or_below(target, "sys") || is_at_or_below(target, "dev");

    return ours ? RESOLVE_NO_SYMLINKS : 0;
}

int open_target(int root, const char *target, int flags)
{
    return open_in_root(root, target, O_PATH | flags, resolution(target));
}

/*
 * Goes down PATH, making what is missing. Each directory is made by the descriptor of its parent and opened without
 * following a link, so what another process puts in its place cannot lead elsewhere.
 */
static int make_way(int root, char *path, uint64_t resolve, mode_t mode)
{
    int parent = fcntl(root, F_DUPFD_CLOEXEC, 0);
    char *end = path;

    while (parent != -1 && *end != '\0') {
        char *name = end + strspn(end, "/");
        char after;
        int next;
        end = name + strcspn(name, "/");
        if (end == name)
            break;
        after = *end;
        *end = '\0';
        next = open_in_root(root, path, O_PATH | O_DIRECTORY, resolve);
        if (next == -1 && errno == ENOENT && (mkdirat(parent, name, mode) != -1 || errno == EEXIST))
            next = open_in_root(parent, name, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
        *end = after;
        close_fd(&parent);
        parent = next;
    }
    return parent;
}

int make_directory_target(int root, const char *target, mode_t mode)
{
    char path[PATH_MAX];
    int fd = open_target(root, target, O_DIRECTORY);

    if (fd != -1 || errno != ENOENT)
        return fd;
    if (strlen(target) >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(path, target);
    return make_way(root, path, resolution(target), mode);
}

int make_parent(int root, const char *target, const char **name)
{
    char path[PATH_MAX];
    const char *slash = strrchr(target, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - target);
    int fd;

    *name = slash == NULL ? target : slash + 1;
    if (**name == '\0' || strcmp(*name, ".") == 0 || strcmp(*name, "..") == 0) {
        errno = EINVAL;
        return -1;
    }
    if (length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(path, target, length);
    path[length] = '\0';
    fd = open_in_root(root, length == 0 ? "/" : path, O_PATH | O_DIRECTORY, resolution(target));
    return fd != -1 || errno != ENOENT ? fd : make_way(root, path, resolution(target), 0755);
}

int make_file_target(int root, const char *target)
{
    const char *name;
    int fd = open_target(root, target, 0);
    int parent;
    int made;

    if (fd != -1 || errno != ENOENT)
        return fd;
    parent = make_parent(root, target, &name);
    if (parent == -1)
        return -1;
    made = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (made != -1 || errno == EEXIST)
        fd = open_in_root(parent, name, O_PATH, RESOLVE_NO_SYMLINKS);
    close_fd(&made);
    close_fd(&parent);
    return fd;
}

bool attach(int mount, int target)
{
    return move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != -1;
}
