/*
 * Mounts that the client makes, where the host's paths mean what they say, and another process attaches in a container's
 * mount namespace. There the container may have put anything anywhere.
 */
#include "beneath.h"
#include "io.h"
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Keeps TREE for AttachTree; closes it if there are too many. */
static bool keep(struct context *c, int tree)
{
    if (c->tree_count == MAX_TREES) {
        close_fd(&tree);
        errno = E2BIG;
        return fail_with(c, "more mounts than one plan may have", NULL);
    }
    c->trees[c->tree_count++] = tree;
    return true;
}

bool step_open_tree(struct context *c, const struct arg *args)
{
    unsigned recursive = args[1].number != 0 ? AT_RECURSIVE : 0;
    int tree = open_tree(AT_FDCWD, args[0].text, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | recursive);

    if (tree == -1)
        return fail_with(c, "source", NULL);
    if (set_bind_attributes(c, tree, &args[2]))
        return keep(c, tree);
    close_fd(&tree);
    return false;
}

bool step_new_tree(struct context *c, const struct arg *args)
{
    int tree = make_mount(c, &args[0], &args[2], &args[3]);

    if (tree == -1)
        return false;
    if (set_propagation(tree, args[4].number))
        return keep(c, tree);
    close_fd(&tree);
    return fail_with(c, "propagation", NULL);
}

/* The root that targets are beneath: the new container's, or that of the mount namespace that was joined. */
static int open_root(const struct context *c)
{
    return c->root >= 0 ? fcntl(c->root, F_DUPFD_CLOEXEC, 0) : open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

bool step_attach_tree(struct context *c, const struct arg *args)
{
    int root = open_root(c);
    bool done = false;

    if (c->tree_next >= c->tree_count)
        errno = EBADF;
    else if (root != -1)
        done = attach_at(c, c->trees[c->tree_next], root, args[0].text);
    if (done)
        close_fd(&c->trees[c->tree_next++]);
    close_fd(&root);
    return done;
}

/*
 * No symbolic link is followed, or a container could have another of its mounts taken away than the one that is named,
 * such as one that masks a file of /proc.
 */
bool step_detach(struct context *c, const struct arg *args)
{
    char path[PATH_MAX];
    char *slash;
    int root;
    int parent = -1;
    bool done;

    if (args[0].length >= sizeof path) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(path, args[0].text, args[0].length + 1);
    slash = strrchr(path, '/');
    if (slash == NULL || slash[1] == '\0') {
        errno = EINVAL;
        return fail_with(c, "it is the root", NULL);
    }
    *slash = '\0';
    root = open_root(c);
    if (root != -1)
        parent = open_in_root(root, slash == path ? "/" : path, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
    done = parent != -1 && fchdir(parent) != -1 && umount2(slash + 1, MNT_DETACH | UMOUNT_NOFOLLOW) != -1;
    close_fd(&parent);
    close_fd(&root);
    return done;
}
