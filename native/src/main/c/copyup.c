#include "copyup.h"

#include "io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MAX_DEPTH = 64 };
enum { PIECE = 1 << 20 };
enum { ATTRIBUTES = 4096 };

static bool copy_directory(struct context *c, int from, int to, unsigned depth);

/* Extended attributes that the new file system, or the user namespace, does not take stay behind. */
static bool copy_xattrs(int from, int to)
{
    char names[ATTRIBUTES];
    char value[ATTRIBUTES];
    ssize_t length = flistxattr(from, names, sizeof names);

    if (length == -1)
        return errno == EOPNOTSUPP;
    for (const char *name = names; name < names + length; name += strlen(name) + 1) {
        ssize_t size = fgetxattr(from, name, value, sizeof value);
        if (size == -1)
            return false;
        if (fsetxattr(to, name, value, (size_t)size, 0) == -1 && errno != EOPNOTSUPP && errno != EPERM)
            return false;
    }
    return true;
}

/* In this order: a new owner takes set-id bits and file capabilities away. */
static bool copy_attributes(int from, int to, const struct stat *status)
{
    struct timespec times[2] = {status->st_atim, status->st_mtim};

    return fchown(to, status->st_uid, status->st_gid) != -1 && copy_xattrs(from, to)
        && fchmod(to, status->st_mode & 07777) != -1 && futimens(to, times) != -1;
}

static bool copy_content(int from, int to)
{
    ssize_t sent;

    do {
        sent = sendfile(to, from, NULL, PIECE);
    } while (sent > 0 || (sent == -1 && errno == EINTR));
    return sent == 0;
}

static bool copy_file(int parent, int to_parent, const char *name)
{
    struct stat status;
    int to = -1;
    int from = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    bool done = false;

    if (from == -1 || fstat(from, &status) == -1)
        goto out;
    if (!S_ISREG(status.st_mode)) { /* not what it was a moment ago */
        errno = ESTALE;
        goto out;
    }
    to = openat(to_parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    done = to != -1 && copy_content(from, to) && copy_attributes(from, to, &status);

out: /* the one way out once the file is open */
    close_fd(&to);
    close_fd(&from);
    return done;
}

static bool copy_link(int parent, int to_parent, const char *name, const struct stat *status)
{
    struct timespec times[2] = {status->st_atim, status->st_mtim};
    char text[PATH_MAX];
    ssize_t length = readlinkat(parent, name, text, sizeof text - 1);

    if (length == -1)
        return false;
    text[length] = '\0';
    return symlinkat(text, to_parent, name) != -1
        && fchownat(to_parent, name, status->st_uid, status->st_gid, AT_SYMLINK_NOFOLLOW) != -1
        && utimensat(to_parent, name, times, AT_SYMLINK_NOFOLLOW) != -1;
}

/* A device, pipe or socket is made anew, never opened. */
static bool copy_node(int to_parent, const char *name, const struct stat *status)
{
    return mknodat(to_parent, name, status->st_mode, status->st_rdev) != -1
        && fchownat(to_parent, name, status->st_uid, status->st_gid, AT_SYMLINK_NOFOLLOW) != -1
        && fchmodat(to_parent, name, status->st_mode & 07777, 0) != -1;
}

static bool copy_child_directory(struct context *c, int parent, int to_parent, const char *name, unsigned depth)
{
    struct stat status;
    int to = -1;
    int from = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool done = false;

    if (from == -1 || fstat(from, &status) == -1 || mkdirat(to_parent, name, 0700) == -1)
        goto out;
    to = openat(to_parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    done = to != -1 && copy_directory(c, from, to, depth) && copy_attributes(from, to, &status);

out: /* the one way out once the directory is open */
    close_fd(&to);
    close_fd(&from);
    return done;
}

static bool copy_entry(struct context *c, int parent, int to_parent, const char *name, unsigned depth)
{
    struct stat status;

    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == -1)
        return false;
    switch (status.st_mode & S_IFMT) {
    case S_IFDIR:
        return copy_child_directory(c, parent, to_parent, name, depth + 1);
    case S_IFREG:
        return copy_file(parent, to_parent, name);
    case S_IFLNK:
        return copy_link(parent, to_parent, name, &status);
    default:
        return copy_node(to_parent, name, &status);
    }
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool copy_directory(struct context *c, int from, int to, unsigned depth)
{
    _Alignas(struct dirent64) char entries[2048];
    ssize_t length;

    if (depth > MAX_DEPTH) {
        errno = ELOOP;
        return false;
    }
    while ((length = getdents64(from, (void *)entries, sizeof entries)) > 0) {
        for (ssize_t at = 0; at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(const void *)(entries + at);
            at += entry->d_reclen;
            if (is_dots(entry->d_name) || copy_entry(c, from, to, entry->d_name, depth))
                continue;
            if (c->failure.detail[0] == '\0') /* not told further down */
                fail_with(c, "copying up", entry->d_name);
            return false;
        }
    }
    return length == 0;
}

static bool has_option(const struct arg *options, const char *key)
{
    const char *at = options->text;

    for (uint32_t i = 0; i < options->length; i++) {
        if (strncmp(next_item(&at), key, strlen(key)) == 0)
            return true;
    }
    return false;
}

static bool copy_top(int from, int to, const struct arg *options)
{
    struct stat status;

    if (fstat(from, &status) == -1)
        return false;
    if (!has_option(options, "uid=") && !has_option(options, "gid=")
        && fchown(to, status.st_uid, status.st_gid) == -1)
        return false;
    return has_option(options, "mode=") || fchmod(to, status.st_mode & 07777) != -1;
}

bool copy_up(struct context *c, int from, int to, const struct arg *options)
{
    int source = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int target = openat(to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = source != -1 && target != -1 && copy_directory(c, source, target, 0)
        && copy_top(source, target, options);

    close_fd(&target);
    close_fd(&source);
    return done;
}
