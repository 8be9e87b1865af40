/* Mounts (config.md, "Mounts"): each is made apart from the file system, and only then moved to its place. */
#include "beneath.h"
#include "copyup.h"
#include "io.h"
#include "mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bits of Step.Bind's links. */
enum { LINK_SOURCE_ITSELF = 1, LINK_TARGET_ITSELF = 2, LINK_COPIED = 4 };

/* Puts what the kernel has to say about a file system's options into the detail: errno alone is EINVAL for all. */
static bool fail_with_log(struct context *c, int context, const char *what)
{
    char line[256];
    int number = errno;
    ssize_t length = read(context, line, sizeof line - 1);

    if (length > 2) {
        line[length] = '\0';
        line[strcspn(line, "\n")] = '\0';
        fail_with(c, what, line + 2); /* after "e " for error */
    } else {
        fail_with(c, what, NULL);
    }
    errno = number;
    return false;
}

/* Sets "key" or "key=value". */
static bool set_option(struct context *c, int context, const char *option)
{
    char key[256];
    const char *equals = strchr(option, '=');
    size_t length = equals == NULL ? strlen(option) : (size_t)(equals - option);
    int done;

    if (length >= sizeof key) {
        errno = EINVAL;
        return fail_with(c, "an option's name is too long", NULL);
    }
    memcpy(key, option, length);
    key[length] = '\0';
    if (equals == NULL)
        done = fsconfig(context, FSCONFIG_SET_FLAG, key, NULL, 0);
    else
        done = fsconfig(context, FSCONFIG_SET_STRING, key, equals + 1, 0);
    return done != -1 || fail_with_log(c, context, option);
}

static bool set_options(struct context *c, int context, const struct arg *options)
{
    const char *at = options->text;

    for (uint32_t i = 0; i < options->length; i++) {
        if (!set_option(c, context, next_item(&at)))
            return false;
    }
    return true;
}

int make_mount(struct context *c, const struct arg *type, const struct arg *attributes, const struct arg *options)
{
    const struct arg *source = type + 1;
    int mount = -1;
    int context = fsopen(type->text, FSOPEN_CLOEXEC);

    if (context == -1) {
        fail_with(c, "fsopen(2)", NULL);
        return -1;
    }
    if (source->length > 0 && fsconfig(context, FSCONFIG_SET_STRING, "source", source->text, 0) == -1) {
        fail_with_log(c, context, "source");
        goto out;
    }
    if (!set_options(c, context, options))
        goto out;
    if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == -1) {
        fail_with_log(c, context, "fsconfig(2)");
        goto out;
    }
    mount = fsmount(context, FSMOUNT_CLOEXEC, (unsigned)attributes->number);
    if (mount == -1)
        fail_with_log(c, context, "fsmount(2)");

out: /* the one way out once the context is open */
    close_fd(&context);
    return mount;
}

/* Attributes, and propagation if it is not 0. Clearing the access time's bits is needed to set any of them. */
static bool set_attributes(int mount, unsigned flags, uint64_t set, uint64_t clear, uint64_t propagation)
{
    struct mount_attr attributes = {.attr_set = set, .attr_clr = clear, .propagation = propagation & ~(uint64_t)MS_REC};

    if ((set & MOUNT_ATTR__ATIME) != 0)
        attributes.attr_clr |= MOUNT_ATTR__ATIME;
    if (attributes.attr_set == 0 && attributes.attr_clr == 0 && attributes.propagation == 0)
        return true;
    return mount_setattr(mount, "", AT_EMPTY_PATH | flags, &attributes, sizeof attributes) != -1;
}

bool set_propagation(int mount, int64_t propagation)
{
    return set_attributes(mount, (propagation & MS_REC) != 0 ? AT_RECURSIVE : 0, 0, 0, (uint64_t)propagation);
}

/* Fills a new tmpfs with what it will cover, if anything is there. */
static bool fill(struct context *c, int mount, const struct arg *args, bool *missing)
{
    int covered = open_target(c->root, args[2].text, O_DIRECTORY);
    bool done;

    *missing = covered == -1 && errno == ENOENT;
    if (covered == -1)
        return *missing || fail_with(c, "opening the target beneath the root", NULL);
    done = copy_up(c, covered, mount, &args[4]);
    close_fd(&covered);
    return done;
}

/* Gives a directory that had to be made the mode of the tmpfs over it: the next start copies the directory's. */
static bool open_to_all(int target)
{
    int directory = openat(target, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = directory != -1 && fchmod(directory, 01777) != -1;

    close_fd(&directory);
    return done;
}

bool step_mount(struct context *c, const struct arg *args)
{
    int mount = make_mount(c, &args[0], &args[3], &args[4]);
    int target = -1;
    bool missing = false;
    bool done = false;

    if (mount == -1)
        return false;
    if (!set_propagation(mount, args[5].number)) {
        fail_with(c, "propagation", NULL);
        goto out;
    }
    if (args[6].number != 0 && !fill(c, mount, args, &missing))
        goto out;
    target = make_directory_target(c->root, args[2].text, 0755);
    if (target == -1) {
        fail_with(c, "opening the target beneath the root", NULL);
        goto out;
    }
    done = (!missing || open_to_all(target)) && attach(mount, target);

out: /* the one way out once the mount is made */
    close_fd(&target);
    close_fd(&mount);
    return done;
}

bool set_bind_attributes(struct context *c, int tree, const struct arg *set)
{
    if (!set_attributes(tree, AT_RECURSIVE, (uint64_t)set[2].number, (uint64_t)set[3].number, 0))
        return fail_with(c, "recursive attributes", NULL);
    if (!set_attributes(tree, 0, (uint64_t)set[0].number, (uint64_t)set[1].number, 0))
        return fail_with(c, "attributes", NULL);
    if (!set_propagation(tree, set[4].number))
        return fail_with(c, "propagation", NULL);
    return true;
}

bool attach_at(struct context *c, int tree, int root, const char *path)
{
    struct stat status;
    int target = -1;
    bool done;

    if (fstat(tree, &status) == -1)
        return fail_with(c, "fstat(2)", NULL);
    if (S_ISDIR(status.st_mode))
        target = make_directory_target(root, path, 0755);
    else
        target = make_file_target(root, path);
    if (target == -1)
        return fail_with(c, "opening the target beneath the root", NULL);
    done = attach(tree, target);
    close_fd(&target);
    return done;
}

/* The tree that was handed over, or a copy of the source's. */
static int take_or_copy(struct context *c, const struct arg *args)
{
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (args[2].number != 0 ? AT_RECURSIVE : 0U) |
                     ((args[8].number & LINK_SOURCE_ITSELF) != 0 ? AT_SYMLINK_NOFOLLOW : 0U);
    int tree = c->tree;

    c->tree = -1;
    return tree != -1 ? tree : open_tree(AT_FDCWD, args[0].text, flags);
}

/* Where a bind goes: what is there, or a new directory or empty file, as the source is. */
static int bind_target(struct context *c, const char *target, mode_t mode, bool itself)
{
    int there = itself ? open_target(c->root, target, O_NOFOLLOW) : -1;

    if (there != -1)
        return there;
    return S_ISDIR(mode) ? make_directory_target(c->root, target, 0755) : make_file_target(c->root, target);
}

/* Makes the link that the source is, if it is one, at the target. */
static bool copy_link(struct context *c, const struct arg *args, bool *copied)
{
    char text[PATH_MAX];
    ssize_t length = readlink(args[0].text, text, sizeof text - 1);
    struct arg link[2] = {{.tag = ARG_BYTES, .text = text}, args[1]};

    *copied = length != -1;
    if (length == -1)
        return errno == EINVAL || fail_with(c, "source", NULL);
    text[length] = '\0';
    link[0].length = (uint32_t)length;
    return step_symlink(c, link);
}

bool step_bind(struct context *c, const struct arg *args)
{
    int tree;
    int target = -1;
    bool done = false;
    struct stat status;

    if ((args[8].number & LINK_COPIED) != 0) {
        bool link;
        if (!copy_link(c, args, &link))
            return false;
        if (link)
            return true;
    }
    tree = take_or_copy(c, args);
    if (tree == -1)
        return fail_with(c, "source", NULL);
    if (fstat(tree, &status) == -1 || !set_bind_attributes(c, tree, &args[3]))
        goto out;
    target = bind_target(c, args[1].text, status.st_mode, (args[8].number & LINK_TARGET_ITSELF) != 0);
    if (target == -1) {
        fail_with(c, "opening the target beneath the root", NULL);
        goto out;
    }
    done = attach(tree, target);

out: /* the one way out once the tree is open */
    close_fd(&target);
    close_fd(&tree);
    return done;
}

bool step_remount(struct context *c, const struct arg *args)
{
    int target = open_target(c->root, args[0].text, 0);
    bool done;

    if (target == -1)
        return false;
    done = set_attributes(target, 0, (uint64_t)args[1].number, (uint64_t)args[2].number, 0);
    close_fd(&target);
    return done;
}

bool step_make_target(struct context *c, const struct arg *args)
{
    int target = make_directory_target(c->root, args[0].text, (mode_t)args[1].number);
    bool made = target != -1;

    close_fd(&target);
    return made;
}
