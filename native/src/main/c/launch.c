#include "launch.h"

#include "exchange.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a process may take to end that the kernel has begun to end. */
enum { ENDING_MILLIS = 1000 };

/*
 * In a new user namespace this process may do all, but execve(2) takes that from who is not root there, and it cannot be
 * root before its ids are mapped. Ambient capabilities go along; Step.BecomeRoot drops them.
 */
static void keep_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];

    if (geteuid() == 0 || syscall(SYS_capget, &header, data) == -1)
        return;
    data[0].inheritable = data[0].permitted;
    data[1].inheritable = data[1].permitted;
    if (syscall(SYS_capset, &header, data) == -1)
        return;
    for (unsigned capability = 0; capability < 64; capability++) {
        if ((data[capability / 32].permitted >> capability % 32 & 1) != 0)
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
    }
}

static void inherit(int fd)
{
    if (fd >= 0)
        fcntl(fd, F_SETFD, 0);
}

/* In the new process: becomes the sealed binary. What goes wrong is told on PAIR. Never returns. */
__attribute__((noreturn)) static void become_sealed(struct context *c, const char *name, int pair)
{
    char number[24];
    char readable[] = "readable";
    char *argv[] = {(char *)(uintptr_t)name, number, (c->plan->clone_flags & CLONE_NEWUSER) != 0 ? readable : NULL, NULL};
    char *failpoint = getenv("TROUPE_FAILPOINT");
    char *envp[] = {NULL, NULL};

    if (failpoint != NULL)
        envp[0] = failpoint - strlen("TROUPE_FAILPOINT=");
    decimal(pair, number);
    keep_capabilities();
    inherit(pair);
    inherit(c->listener);
    inherit(c->target);
    inherit(c->cgroup);
    inherit(c->hook_output);
    inherit(c->hook_errors);
    for (unsigned i = 0; i < c->tree_count; i++)
        inherit(c->trees[i]);
    inherit(c->self);
    execveat(c->self, "", argv, envp, AT_EMPTY_PATH);
    c->failure.number = errno;
    fail_with(c, "executing the sealed binary", NULL);
    (void)send_failure_word(pair, MESSAGE_FAILED, &c->failure); /* else its end is all there is to see */
    _exit(EXIT_FAILED);
}

pid_t clone_sealed(struct context *c, uint64_t flags, const char *name, int pair, int *pidfd)
{
    struct clone_args args = {
        .flags = flags | CLONE_PIDFD,
        .pidfd = (uintptr_t)pidfd,
        .exit_signal = (flags & CLONE_PARENT) != 0 ? 0 : SIGCHLD, /* with CLONE_PARENT it is the caller's own */
    };
    pid_t pid;

    if (c->cgroup >= 0 && strcmp(name, NAME_OF_CHILD) == 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (uint64_t)(unsigned)c->cgroup;
    }
    pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0)
        become_sealed(c, name, pair);
    return pid;
}

int wait_status(struct context *c)
{
    siginfo_t info = {0};

    while (waitid(P_PIDFD, (id_t)c->pidfd, &info, WEXITED) == -1 && errno == EINTR)
        ;
    c->dead = true;
    if (info.si_code == CLD_EXITED)
        return (info.si_status & 0xff) << 8;
    return info.si_status | (info.si_code == CLD_DUMPED ? 0x80 : 0);
}

void end_process(struct context *c)
{
    if (c->pidfd < 0 || c->dead)
        return;
    pidfd_send_signal(c->pidfd, SIGKILL, NULL, 0);
    (void)wait_status(c);
}

void fail_with_end(struct context *c)
{
    char text[80] = "the process was killed by signal ";
    int status = wait_status(c);

    if (WIFEXITED(status))
        strcpy(text, "the process exited with status ");
    decimal(WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), text + strlen(text));
    strcat(text, " before its program ran");
    c->failure.section = SECTION_CHILD;
    c->failure.index = c->plan->sections[SECTION_CHILD].count;
    c->failure.number = 0;
    fail_with(c, text, NULL);
}

/* The failure of what comes after a section's steps. */
static bool fail_after(struct context *c, enum section section, const char *what)
{
    c->failure.section = section;
    c->failure.index = c->plan->sections[section].count;
    c->failure.number = errno;
    return fail_with(c, what, NULL);
}

static struct preamble preamble(const struct context *c, uint32_t length)
{
    struct preamble p = {
        .plan_length = length,
        .listener = c->listener,
        .target = c->target,
        .self = c->self,
        .cgroup = c->cgroup,
        .hook_output = c->hook_output,
        .hook_errors = c->hook_errors,
        .tree_count = c->tree_count,
        .pid = c->pid,
        .mask = c->mask,
    };

    memcpy(p.trees, c->trees, sizeof p.trees);
    return p;
}

/* Has a short-lived process run SECTION_JOIN and, if the plan does, clone the container's process as this one's child. */
static bool join_and_clone(struct context *c, int theirs, const unsigned char *plan, uint32_t length)
{
    struct preamble p = preamble(c, length);
    siginfo_t info;
    enum message wanted = c->plan->clones ? MESSAGE_PID : MESSAGE_TOLD;
    enum message message = MESSAGE_END;
    int pidfd = -1;

    if (clone_sealed(c, 0, NAME_OF_JOIN, theirs, &pidfd) == -1)
        return fail_after(c, SECTION_BEFORE, "clone3(2)");
    close_fd(&theirs);
    if (send_plan(c, &p, plan))
        message = take_message(c);
    if (message != wanted)
        pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
    while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) == -1 && errno == EINTR)
        ;
    close_fd(&pidfd);
    if (message == wanted)
        return true;
    errno = 0;
    return c->reported ? false : fail_after(c, SECTION_JOIN, "the joining process ended early");
}

static bool clone_process(struct context *c, const unsigned char *plan, uint32_t length)
{
    int ends[2];
    bool cloned;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1)
        return fail_after(c, SECTION_BEFORE, "socketpair(2)");
    c->pair = ends[0];
    if (c->plan->sections[SECTION_JOIN].count > 0) {
        cloned = join_and_clone(c, ends[1], plan, length);
    } else {
        fail_after(c, SECTION_BEFORE, "clone3(2)"); /* as it shall read if it fails, in the new process too */
        c->pid = clone_sealed(c, c->plan->clone_flags, NAME_OF_CHILD, ends[1], &c->pidfd);
        c->failure.number = errno;
        cloned = c->pid != -1;
        close_fd(&ends[1]);
    }
    return cloned;
}

/* The process may have failed first: what it says then is the reason, and not that nobody reads what is sent to it. */
static void hear_failure(struct context *c)
{
    enum message message = MESSAGE_TOLD;

    while (message != MESSAGE_END && message != MESSAGE_FAILED)
        message = take_message(c);
    if (message == MESSAGE_END)
        fail_with_end(c);
}

/*
 * A process that has ended cannot be moved, and its cgroups may be gone already: why it ended is the reason then, if it
 * said so.
 */
static void prefer_its_failure(struct context *c)
{
    struct pollfd end = {.fd = c->pidfd, .events = POLLIN};
    struct failure own = c->failure;
    enum message message = MESSAGE_TOLD;

    if (c->reported || poll(&end, 1, own.number == ESRCH ? ENDING_MILLIS : 0) != 1)
        return;
    while (message != MESSAGE_END && message != MESSAGE_FAILED)
        message = take_message(c);
    if (message == MESSAGE_END)
        c->failure = own;
}

static bool follow(struct context *c, const unsigned char *plan, uint32_t length)
{
    struct preamble p = preamble(c, length);
    unsigned char pid[sizeof c->pid];

    memcpy(pid, &c->pid, sizeof pid);
    if (!send_plan(c, &p, plan)) {
        hear_failure(c);
        return false;
    }
    (void)send_frame(c->supervisor, FRAME_PID, pid, sizeof pid, c->pidfd); /* its end shows at the next poll */
    if (run_section(c, SECTION_AFTER))
        return true;
    prefer_its_failure(c);
    if (c->failure.number == ECHILD && !c->reported)
        fail_with_end(c);
    return false;
}

static bool carry_out(struct context *c, const unsigned char *plan, uint32_t length)
{
    if (!run_section(c, SECTION_BEFORE))
        return false;
    if (c->plan->clones)
        return clone_process(c, plan, length) && follow(c, plan, length);
    if (c->plan->sections[SECTION_JOIN].count > 0 && !clone_process(c, plan, length))
        return false;
    close_fd(&c->pair);
    (void)send_frame(c->supervisor, FRAME_DONE, NULL, 0, -1); /* its end shows at the next poll */
    return true;
}

bool launch(struct context *c, const unsigned char *plan, uint32_t length)
{
    bool done;

    c->mask = umask(0);
    umask(c->mask);
    done = carry_out(c, plan, length);
    close_fd(&c->target);
    close_fd(&c->cgroup);
    close_fd(&c->self);
    close_fd(&c->hook_output);
    close_fd(&c->hook_errors);
    while (c->tree_count > 0)
        close_fd(&c->trees[--c->tree_count]);
    if (!done)
        end_process(c);
    return done;
}
