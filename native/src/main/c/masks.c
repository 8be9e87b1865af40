/* Masked and read-only paths (config-linux.md, "Masked Paths", "Readonly Paths"). */
#include "beneath.h"
#include "io.h"
#include "step.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* What is not there needs no mask; nor what is below something that is no directory. */
static bool is_absent(int number)
{
    return number == ENOENT || number == ENOTDIR;
}

/*
 * A copy of the mount of /dev/null. It must be the device: a container may have put a link there that would let it
 * write where the mask was meant to be (CVE-2025-31133).
 */
static int null_mount(struct context *c)
{
    int device = c->entered ? open_in_root(c->root, "/dev/null", O_PATH | O_NOFOLLOW, 0)
                            : open("/dev/null", O_PATH | O_NOFOLLOW | O_CLOEXEC);
    int mount = -1;
    struct stat status;

    if (device == -1 || fstat(device, &status) == -1) {
        fail_with(c, "/dev/null", NULL);
    } else if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3)) {
        errno = ENODEV;
        fail_with(c, "/dev/null is not character device 1:3", NULL);
    } else {
        mount = open_tree(device, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    }
    close_fd(&device);
    return mount;
}

/* A new empty read-only tmpfs, mounted nowhere yet. */
static int make_empty(void)
{
    int context = fsopen("tmpfs", FSOPEN_CLOEXEC);
    unsigned attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    int mount = -1;

    if (context == -1)
        return -1;
    if (fsconfig(context, FSCONFIG_SET_STRING, "nr_inodes", "1", 0) != -1 &&
        fsconfig(context, FSCONFIG_SET_STRING, "mode", "0755", 0) != -1 &&
        fsconfig(context, FSCONFIG_SET_FLAG, "ro", NULL, 0) != -1 &&
        fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != -1)
        mount = fsmount(context, FSMOUNT_CLOEXEC, attributes);
    close_fd(&context);
    return mount;
}

/* All masked directories show the same empty file system: the first mask makes it, the others copy its mount. */
static int empty_mount(struct context *c)
{
    if (c->empty >= 0)
        return open_tree(c->empty, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    c->empty = make_empty();
    return c->empty == -1 ? -1 : fcntl(c->empty, F_DUPFD_CLOEXEC, 0);
}

bool step_mask(struct context *c, const struct arg *args)
{
    int target = open_target(c->root, args[0].text, 0);
    int mount = -1;
    bool done = false;
    struct stat status;

    if (target == -1)
        return is_absent(errno);
    if (fstat(target, &status) == -1)
        goto out;
    mount = S_ISDIR(status.st_mode) ? empty_mount(c) : null_mount(c);
    if (mount != -1)
        done = attach(mount, target);

out: /* the one way out once the target is open */
    close_fd(&mount);
    close_fd(&target);
    return done;
}

bool step_read_only(struct context *c, const struct arg *args)
{
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
    int target = open_target(c->root, args[0].text, 0);
    int tree;
    bool done;

    if (target == -1)
        return is_absent(errno);
    tree = open_tree(target, "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    done = tree != -1 &&
           mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) != -1 &&
           attach(tree, target);
    close_fd(&tree);
    close_fd(&target);
    return done;
}
