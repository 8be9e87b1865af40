/* Mounts whose files seem to be others' (mount_setattr(2), "ID-mapped mounts"), made by the client for the process. */
#include "exchange.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that is in a new user namespace and does nothing, until the pipe that it reads from is closed. */
struct holder {
    pid_t pid;
    int pidfd;
    int pipe;
};

static bool start_holder(struct holder *holder)
{
    struct clone_args args = {
        .flags = CLONE_NEWUSER | CLONE_PIDFD,
        .pidfd = (uintptr_t)&holder->pidfd,
        .exit_signal = SIGCHLD,
    };
    int ends[2];
    char byte;

    if (pipe2(ends, O_CLOEXEC) == -1)
        return false;
    holder->pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (holder->pid == 0) {
        close(ends[1]);
        while (read(ends[0], &byte, 1) == -1 && errno == EINTR)
            ;
        _exit(EXIT_OK);
    }
    close_fd(&ends[0]);
    holder->pipe = ends[1];
    if (holder->pid == -1)
        close_fd(&holder->pipe);
    return holder->pid != -1;
}

static void end_holder(struct holder *holder)
{
    int number = errno;
    siginfo_t info;

    close_fd(&holder->pipe);
    while (waitid(P_PIDFD, (id_t)holder->pidfd, &info, WEXITED) == -1 && errno == EINTR)
        ;
    close_fd(&holder->pidfd);
    errno = number;
}

/* The holder is a child that nobody has waited for: its pid is its own, and so is /proc/PID. */
static int open_mapped(struct context *c, const struct holder *holder, const struct arg *uids, const struct arg *gids)
{
    char path[40] = "/proc/";
    int namespace = -1;
    int process;

    decimal(holder->pid, path + strlen(path));
    process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (process == -1)
        fail_with(c, path, NULL);
    else if (!write_value(process, "gid_map", gids->text, gids->length))
        fail_with(c, "gid_map", NULL);
    else if (!write_value(process, "uid_map", uids->text, uids->length))
        fail_with(c, "uid_map", NULL);
    else
        namespace = openat(process, "ns/user", O_RDONLY | O_CLOEXEC);
    close_fd(&process);
    return namespace;
}

/* A user namespace with these maps, or -1. */
static int make_namespace(struct context *c, const struct arg *uids, const struct arg *gids)
{
    struct holder holder = {.pidfd = -1, .pipe = -1};
    int namespace;

    if (!start_holder(&holder)) {
        fail_with(c, "clone3(2), CLONE_NEWUSER", NULL);
        return -1;
    }
    namespace = open_mapped(c, &holder, uids, gids);
    end_holder(&holder);
    return namespace;
}

/* A slave, as all mounts of the process are: what is mounted in it later is not seen on the host. */
static bool map_tree(struct context *c, int tree, int namespace, bool all)
{
    struct mount_attr slave = {.propagation = MS_SLAVE};
    struct mount_attr mapped = {.attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (uint64_t)(unsigned)namespace};
    unsigned flags = AT_EMPTY_PATH | (all ? AT_RECURSIVE : 0U);

    if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &slave, sizeof slave) == -1)
        return fail_with(c, "mount_setattr(2), MS_SLAVE", NULL);
    return mount_setattr(tree, "", flags, &mapped, sizeof mapped) != -1 ||
           fail_with(c, "mount_setattr(2), MOUNT_ATTR_IDMAP", NULL);
}

bool step_map_tree(struct context *c, const struct arg *args)
{
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (args[1].number != 0 ? AT_RECURSIVE : 0U) |
                     (args[2].number != 0 ? AT_SYMLINK_NOFOLLOW : 0U);
    int namespace = -1;
    int tree = open_tree(AT_FDCWD, args[0].text, flags);
    bool done = false;

    if (tree == -1)
        return fail_with(c, "source", NULL);
    if (args[5].length > 0)
        namespace = open(args[5].text, O_RDONLY | O_CLOEXEC);
    else
        namespace = make_namespace(c, &args[3], &args[4]);
    if (namespace != -1)
        done = map_tree(c, tree, namespace, args[6].number != 0) && hand_over(c, tree);
    close_fd(&namespace);
    close_fd(&tree);
    return done;
}
