/* The container's terminal (config.md, "process.terminal"): a pty of its own devpts, made and bound by descriptor. */
#include "beneath.h"
#include "exchange.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Opens a new master. What is at /dev/pts/ptmx must be devpts's own: anything else could be the container's trap. */
static int open_master(struct context *c, int root)
{
    struct statfs fs;
    struct stat status;
    int unlock = 0;
    int master;
    int ptmx = open_in_root(root, "/dev/pts/ptmx", O_PATH | O_NOFOLLOW, RESOLVE_NO_SYMLINKS);

    if (ptmx == -1 || fstatfs(ptmx, &fs) == -1 || fstat(ptmx, &status) == -1) {
        fail_with(c, "/dev/pts/ptmx", NULL);
        close_fd(&ptmx);
        return -1;
    }
    close_fd(&ptmx);
    if (fs.f_type != DEVPTS_SUPER_MAGIC || !S_ISCHR(status.st_mode) || status.st_rdev != makedev(5, 2)) {
        errno = ENODEV;
        fail_with(c, "/dev/pts/ptmx is not that of a devpts", NULL);
        return -1;
    }
    master = open_in_root(root, "/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW, RESOLVE_NO_SYMLINKS);
    if (master == -1)
        return -1;
    /* Opened a second time, so looked at a second time: only devpts answers TIOCSPTLCK, and only a ptmx of its own. */
    if (fstatfs(master, &fs) == -1 || fs.f_type != DEVPTS_SUPER_MAGIC || ioctl(master, TIOCSPTLCK, &unlock) == -1) {
        fail_with(c, "/dev/pts/ptmx", NULL);
        close_fd(&master);
    }
    return master;
}

static bool send_master(struct context *c, int master)
{
    char message[1 + sizeof(uint32_t) + 40] = {(char)MESSAGE_MASTER};
    char name[40] = "/dev/pts/";
    uint32_t length;
    int number;

    if (ioctl(master, TIOCGPTN, &number) == -1)
        return false;
    length = (uint32_t)(strlen("/dev/pts/") + decimal(number, name + strlen("/dev/pts/")));
    memcpy(message + 1, &length, sizeof length);
    memcpy(message + 1 + sizeof length, name, length);
    return send_bytes(c->pair, message, 1 + sizeof length + length, master);
}

/* Makes the pty, sized as asked, and passes its master on; the other end stays as context.terminal. */
static bool make_pty(struct context *c, int root, int64_t rows, int64_t columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    int master = open_master(c, root);
    bool done = false;

    if (master == -1)
        return false;
    /* By the master's descriptor, not by a name that could be another's (CVE-2025-52565). */
    c->terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (c->terminal == -1)
        fail_with(c, "ioctl(2), TIOCGPTPEER", NULL);
    else if (rows > 0 && columns > 0 && ioctl(master, TIOCSWINSZ, &size) == -1)
        fail_with(c, "ioctl(2), TIOCSWINSZ", NULL);
    else
        done = send_master(c, master);
    close_fd(&master);
    return done;
}

static bool bind_console(struct context *c)
{
    int target = make_file_target(c->root, "/dev/console");
    int tree = -1;
    bool done = false;

    if (target == -1)
        return fail_with(c, "/dev/console", NULL);
    tree = open_tree(c->terminal, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    done = tree != -1 && attach(tree, target);
    if (!done)
        fail_with(c, "binding the terminal at /dev/console", NULL);
    close_fd(&tree);
    close_fd(&target);
    return done;
}

bool step_console(struct context *c, const struct arg *args)
{
    if (!make_pty(c, c->root, args[0].number, args[1].number))
        return false;
    if (fchown(c->terminal, (uid_t)args[2].number, (gid_t)args[3].number) == -1)
        return fail_with(c, "fchown(2)", NULL);
    return bind_console(c);
}

bool step_exec_console(struct context *c, const struct arg *args)
{
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool made = root != -1 && make_pty(c, root, args[0].number, args[1].number);

    close_fd(&root);
    return made;
}

bool step_terminal(struct context *c, const struct arg *args)
{
    (void)args;
    if (c->terminal < 0) {
        errno = EBADF;
        return fail_with(c, "there is no console", NULL);
    }
    if (setsid() == -1 && getsid(0) != getpid())
        return fail_with(c, "setsid(2)", NULL);
    if (ioctl(c->terminal, TIOCSCTTY, 0) == -1)
        return fail_with(c, "ioctl(2), TIOCSCTTY", NULL);
    for (int fd = 0; fd < 3; fd++) {
        if (dup2(c->terminal, fd) == -1)
            return fail_with(c, "dup2(2)", NULL);
    }
    close_fd(&c->terminal);
    return true;
}
