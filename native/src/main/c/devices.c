/* Device nodes and the links of /dev (config-linux.md, "Devices"; runtime-linux.md, "Dev symbolic links"). */
#include "beneath.h"
#include "io.h"
#include "step.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct node {
    mode_t mode;
    dev_t device;
    uid_t uid;
    gid_t gid;
};

static bool is_node(const struct stat *status, const struct node *node)
{
    if ((status->st_mode & S_IFMT) != (node->mode & S_IFMT))
        return false;
    return S_ISFIFO(node->mode) || status->st_rdev == node->device;
}

/* Makes the node, or takes one of the same kind and numbers that is there. */
static bool make_node(int parent, const char *name, const struct node *node)
{
    struct stat status;

    if (mknodat(parent, name, node->mode, node->device) != -1)
        return fchownat(parent, name, node->uid, node->gid, AT_SYMLINK_NOFOLLOW) != -1;
    if (errno != EEXIST)
        return false;
    if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == -1)
        return false;
    errno = EEXIST;
    return is_node(&status, node);
}

/* Binds the host's node over an empty file: in a user namespace nobody may make device nodes. */
static bool bind_node(struct context *c, const char *path, const struct node *node)
{
    struct stat status;
    int target = -1;
    bool done = false;
    int tree = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);

    if (tree == -1)
        return fail_with(c, "the host's node", NULL);
    if (fstat(tree, &status) == -1)
        goto out;
    if (!is_node(&status, node)) {
        errno = ENODEV;
        fail_with(c, "the host's node is another device", NULL);
        goto out;
    }
    target = make_file_target(c->root, path);
    done = target != -1 && attach(tree, target);

out: /* the one way out once the tree is open */
    close_fd(&target);
    close_fd(&tree);
    return done;
}

bool step_device(struct context *c, const struct arg *args)
{
    struct node node = {
        .mode = (mode_t)args[1].number,
        .device = makedev((unsigned)args[2].number, (unsigned)args[3].number),
        .uid = (uid_t)args[4].number,
        .gid = (gid_t)args[5].number,
    };
    const char *name;
    int parent;
    bool done;

    if (args[6].number != 0)
        return bind_node(c, args[0].text, &node);
    parent = make_parent(c->root, args[0].text, &name);
    if (parent == -1)
        return false;
    done = make_node(parent, name, &node);
    close_fd(&parent);
    return done;
}

static bool is_null(const struct stat *status)
{
    return S_ISCHR(status->st_mode) && status->st_rdev == makedev(1, 3);
}

/* Opens the container's own; it must be the device, as in masks.c. */
static int open_null(struct context *c)
{
    struct stat status;
    int device = open_in_root(c->root, "/dev/null", O_RDWR | O_NOFOLLOW, 0);

    if (device == -1 || (fstat(device, &status) != -1 && is_null(&status)))
        return device;
    close_fd(&device);
    errno = ENODEV;
    fail_with(c, "/dev/null is not character device 1:3", NULL);
    return -1;
}

bool step_null_streams(struct context *c, const struct arg *args)
{
    struct stat status;
    int device = -1;
    bool done = true;

    (void)args;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO && done; fd++) {
        if (fstat(fd, &status) == -1 || !is_null(&status))
            continue;
        if (device == -1)
            device = open_null(c);
        done = device != -1 && dup2(device, fd) != -1;
    }
    close_fd(&device);
    return done;
}

bool step_symlink(struct context *c, const struct arg *args)
{
    char text[PATH_MAX];
    const char *name;
    int parent = make_parent(c->root, args[1].text, &name);
    bool done;

    if (parent == -1)
        return false;
    done = symlinkat(args[0].text, parent, name) != -1;
    if (!done && errno == EEXIST) {
        ssize_t length = readlinkat(parent, name, text, sizeof text);
        done = length == (ssize_t)args[0].length && memcmp(text, args[0].text, args[0].length) == 0;
        errno = EEXIST;
    }
    close_fd(&parent);
    return done;
}
