/* Attributes of the container's process (config.md, "process"): who it is and what it may do. */
#include "exchange.h"
#include "io.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool step_new_session(struct context *c, const struct arg *args)
{
    (void)c;
    (void)args;
    return setsid() != -1 || getsid(0) == getpid();
}

bool step_keyring(struct context *c, const struct arg *args)
{
    (void)c;
    /* ENOSYS: the kernel has no keys. EDQUOT: the user has too many; the container then keeps its caller's. */
    return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, args[0].text) != -1 || errno == ENOSYS || errno == EDQUOT;
}

bool step_resource_limit(struct context *c, const struct arg *args)
{
    struct rlimit limit = {.rlim_cur = (rlim_t)args[1].number, .rlim_max = (rlim_t)args[2].number};

    _Static_assert(RLIM_INFINITY == (rlim_t)-1, "-1 of the plan is infinity");
    (void)c;
    return prlimit(0, (__rlimit_resource_t)args[0].number, &limit, NULL) != -1;
}

bool step_umask(struct context *c, const struct arg *args)
{
    umask((mode_t)args[0].number);
    c->umask_set = true;
    return true;
}

static bool set_groups(const struct arg *list)
{
    gid_t *groups = calloc((size_t)list->length + 1, sizeof *groups);
    const char *at = list->text;
    bool done;

    if (groups == NULL)
        return false;
    for (uint32_t i = 0; i < list->length; i++)
        groups[i] = (gid_t)strtoul(next_item(&at), NULL, 10);
    done = setgroups(list->length, groups) != -1;
    free(groups);
    return done;
}

bool step_user(struct context *c, const struct arg *args)
{
    uid_t uid = (uid_t)args[0].number;
    gid_t gid = (gid_t)args[1].number;

    if (args[3].number == 0 && !set_groups(&args[2]))
        return fail_with(c, "setgroups(2)", NULL);
    if (setresgid(gid, gid, gid) == -1)
        return fail_with(c, "setresgid(2)", NULL);
    if (setresuid(uid, uid, uid) == -1)
        return fail_with(c, "setresuid(2)", NULL);
    return true;
}

bool step_bounding_capabilities(struct context *c, const struct arg *args)
{
    uint64_t bounding = (uint64_t)args[0].number;

    for (int capability = 0; capability < 64; capability++) {
        int present = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
        if (present == -1)
            break; /* the kernel has no more of them */
        if (present == 1 && (bounding >> capability & 1) == 0 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == -1)
            return fail_with(c, "prctl(2), PR_CAPBSET_DROP", NULL);
    }
    return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != -1 || fail_with(c, "prctl(2), PR_SET_KEEPCAPS", NULL);
}

bool step_capabilities(struct context *c, const struct arg *args)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    uint64_t ambient = (uint64_t)args[3].number;

    for (unsigned i = 0; i < 2; i++) {
        data[i].effective = (uint32_t)((uint64_t)args[0].number >> 32 * i);
        data[i].permitted = (uint32_t)((uint64_t)args[1].number >> 32 * i);
        data[i].inheritable = (uint32_t)((uint64_t)args[2].number >> 32 * i);
    }
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1)
        return fail_with(c, "prctl(2), PR_CAP_AMBIENT_CLEAR_ALL", NULL);
    if (syscall(SYS_capset, &header, data) == -1)
        return fail_with(c, "capset(2)", NULL);
    for (unsigned capability = 0; capability < 64; capability++) {
        if ((ambient >> capability & 1) != 0 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == -1)
            return fail_with(c, "prctl(2), PR_CAP_AMBIENT_RAISE", NULL);
    }
    return true;
}

bool step_no_new_privileges(struct context *c, const struct arg *args)
{
    (void)c;
    (void)args;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != -1;
}

bool step_dumpable(struct context *c, const struct arg *args)
{
    (void)c;
    return prctl(PR_SET_DUMPABLE, args[0].number != 0 ? 1 : 0, 0, 0, 0) != -1;
}

/* The filter of a plan. False, with why, if it is none. */
static bool read_filter(struct context *c, const struct arg *bytes, struct sock_fprog *program)
{
    size_t instructions = bytes->length / sizeof(struct sock_filter);

    if (instructions == 0 || instructions > BPF_MAXINSNS || bytes->length % sizeof(struct sock_filter) != 0) {
        errno = EINVAL;
        return fail_with(c, "the filter's length", NULL);
    }
    program->len = (unsigned short)instructions;
    program->filter = (struct sock_filter *)(uintptr_t)bytes->text;
    return true;
}

bool step_seccomp(struct context *c, const struct arg *args)
{
    struct sock_fprog program;

    if (!read_filter(c, &args[0], &program))
        return false;
    announce(c); /* now: the filter may forbid sending */
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, (unsigned)args[1].number, &program) != -1;
}

/* The pieces with this process's pid between them, or NULL. */
static char *join_with_pid(const struct context *c, const struct arg *pieces, size_t *length)
{
    const char *at = pieces->text;
    char pid[24];
    size_t pid_length = decimal(c->pid, pid);
    size_t room = 1;
    char *text;

    for (uint32_t i = 0; i < pieces->length; i++)
        room += strlen(next_item(&at)) + pid_length;
    text = malloc(room);
    at = pieces->text;
    *length = 0;
    for (uint32_t i = 0; text != NULL && i < pieces->length; i++) {
        const char *piece = next_item(&at);
        size_t piece_length = strlen(piece);
        memcpy(text + *length, piece, piece_length);
        *length += piece_length;
        if (i + 1 < pieces->length) {
            memcpy(text + *length, pid, pid_length);
            *length += pid_length;
        }
    }
    return text;
}

/* Between the filter and the end of this nothing is called but sendmsg(2) and close(2): the filter holds for it too. */
bool step_seccomp_notify(struct context *c, const struct arg *args)
{
    struct sock_fprog program;
    size_t length;
    char *state = join_with_pid(c, &args[2], &length);
    int listener;
    bool sent;

    if (state == NULL || !read_filter(c, &args[0], &program))
        return false;
    announce(c);
    listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                            (unsigned)args[1].number | (unsigned)SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
    if (listener == -1)
        return false;
    sent = send_bytes(c->agent, state, length, listener) || fail_with(c, "sending to the agent: sendmsg(2)", NULL);
    close_fd(&c->agent);
    close_fd(&listener);
    return sent; /* what was allocated goes with execve(2): freeing it may be a system call */
}
