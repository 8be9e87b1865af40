/* The container's root file system (config.md, "Root"): made, entered, sealed. */
#include "beneath.h"
#include "io.h"
#include "step.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

bool step_propagation(struct context *c, const struct arg *args)
{
    (void)c;
    return mount(NULL, "/", NULL, (unsigned long)args[0].number, NULL) != -1;
}

/*
 * Makes the mount that PATH is in private: pivot_root(2) refuses where mounts around the new root are shared. Only the
 * directory that is a mount's root can be named, so this tries each of its parents.
 */
static bool make_parent_private(const char *path)
{
    char parent[PATH_MAX];
    size_t length = strlen(path);

    if (length >= sizeof parent) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(parent, path, length + 1);
    while (mount(NULL, parent, NULL, MS_PRIVATE, NULL) == -1) {
        char *slash = strrchr(parent, '/');
        if (errno != EINVAL || slash == NULL || parent[1] == '\0')
            return false;
        if (slash == parent)
            slash++;
        *slash = '\0';
    }
    return true;
}

bool step_root(struct context *c, const struct arg *args)
{
    char resolved[PATH_MAX];
    char by_fd[40] = "/proc/self/fd/";
    ssize_t length;
    int tree = -1;
    int over = open(args[0].text, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (over == -1)
        return fail_with(c, "open(2)", NULL);
    decimal(over, by_fd + strlen(by_fd));
    length = readlink(by_fd, resolved, sizeof resolved - 1);
    if (length == -1)
        goto out;
    resolved[length] = '\0';
    /* Before it is copied: a copy of a shared mount is shared, and then it is refused as the place of the old root. */
    if (!make_parent_private(resolved)) {
        fail_with(c, "making its mount private", NULL);
        goto out;
    }
    tree = open_tree(over, "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree == -1)
        fail_with(c, "open_tree(2)", NULL);
    else if (attach(tree, over))
        c->root = tree;
    else
        close_fd(&tree);

out: /* the one way out once the directory is open */
    close_fd(&over);
    return c->root >= 0;
}

/*
 * In a mount namespace that others are in: nothing around the root is changed, and what is mounted below it later is
 * the copy's alone.
 */
bool step_shared_root(struct context *c, const struct arg *args)
{
    struct mount_attr alone = {.propagation = MS_PRIVATE};
    int from = open(args[0].text, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int place = from == -1 ? -1 : open(args[1].text, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int tree = -1;

    if (place != -1)
        tree = open_tree(from, "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    if (tree != -1 && mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &alone, sizeof alone) != -1 &&
        attach(tree, place))
        c->root = tree;
    else
        close_fd(&tree);
    close_fd(&place);
    close_fd(&from);
    return c->root >= 0;
}

/* As long as the process lives that has the pidfd, its pid is its own: what was opened before that is seen is its root. */
bool step_root_of(struct context *c, const struct arg *args)
{
    char path[40] = "/proc/";
    struct pollfd process = {.fd = c->target, .events = POLLIN};
    size_t length = strlen(path);

    length += decimal(args[0].number, path + length);
    strcpy(path + length, "/root");
    c->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (c->root == -1)
        return fail_with(c, path, NULL);
    if (poll(&process, 1, 0) != 0) {
        errno = ESRCH;
        return false;
    }
    return true;
}

bool step_change_root(struct context *c, const struct arg *args)
{
    (void)args;
    if (fchdir(c->root) == -1 || chroot(".") == -1 || chdir("/") == -1)
        return false;
    c->entered = true;
    return true;
}

/*
 * pivot_root(2) with "." twice leaves the old root mounted over the new one, and no folder is needed to put it in
 * (pivot_root(2), NOTES). The old root is made a slave first, so that taking its mounts away is not seen on the host.
 */
static bool pivot(struct context *c)
{
    int old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool done = old != -1 && fchdir(c->root) != -1 && syscall(SYS_pivot_root, ".", ".") != -1;

    if (!done) {
        fail_with(c, "pivot_root(2)", NULL);
    } else {
        done = fchdir(old) != -1 && mount(NULL, ".", NULL, MS_SLAVE | MS_REC, NULL) != -1 &&
               umount2(".", MNT_DETACH) != -1;
        if (!done)
            fail_with(c, "detaching the old root", NULL);
    }
    close_fd(&old);
    return done;
}

static bool move_root(struct context *c)
{
    if (fchdir(c->root) == -1 || mount(".", "/", NULL, MS_MOVE, NULL) == -1)
        return fail_with(c, "mount(2), MS_MOVE", NULL);
    if (chroot(".") == -1)
        return fail_with(c, "chroot(2)", NULL);
    return true;
}

bool step_enter_root(struct context *c, const struct arg *args)
{
    bool entered = args[0].number != 0 ? pivot(c) : move_root(c);

    if (!entered || chdir("/") == -1)
        return false;
    c->entered = true;
    return true;
}

bool step_root_propagation(struct context *c, const struct arg *args)
{
    (void)c;
    return mount(NULL, "/", NULL, (unsigned long)args[0].number, NULL) != -1;
}

/*
 * Nothing of what the root was copied from may be written: not the file systems mounted below it either. The root itself
 * stays as it was, so that mount points can be made; step_root_read_only follows.
 */
bool step_host_read_only(struct context *c, const struct arg *args)
{
    struct mount_attr sealed = {.attr_set = MOUNT_ATTR_RDONLY};
    struct mount_attr writable = {.attr_clr = MOUNT_ATTR_RDONLY};
    struct statvfs root;

    (void)args;
    return fstatvfs(c->root, &root) != -1 &&
           mount_setattr(c->root, "", AT_EMPTY_PATH | AT_RECURSIVE, &sealed, sizeof sealed) != -1 &&
           ((root.f_flag & ST_RDONLY) != 0 || mount_setattr(c->root, "", AT_EMPTY_PATH, &writable, sizeof writable) != -1);
}

bool step_root_read_only(struct context *c, const struct arg *args)
{
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};

    (void)c;
    (void)args;
    return mount_setattr(AT_FDCWD, "/", 0, &attributes, sizeof attributes) != -1;
}
