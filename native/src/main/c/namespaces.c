/* Namespaces (config-linux.md, "Namespaces"): entered, made, and furnished. */
#include "io.h"
#include "step.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* The new process has not been waited for, so its pid is still its own, and so is /proc/PID. */
bool step_map_ids(struct context *c, const struct arg *args)
{
    char path[40] = "/proc/";
    int process;
    bool done;

    decimal(c->pid, path + strlen(path));
    process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (process == -1)
        return fail_with(c, path, NULL);
    done = args[2].number == 0 || write_value(process, "setgroups", "deny", 4) || fail_with(c, "setgroups", NULL);
    if (done && args[1].length > 0)
        done = write_value(process, "gid_map", args[1].text, args[1].length) || fail_with(c, "gid_map", NULL);
    if (done && args[0].length > 0)
        done = write_value(process, "uid_map", args[0].text, args[0].length) || fail_with(c, "uid_map", NULL);
    close_fd(&process);
    return done;
}

bool step_join_namespace(struct context *c, const struct arg *args)
{
    int namespace = open(args[0].text, O_RDONLY | O_CLOEXEC);
    bool joined;

    if (namespace == -1)
        return fail_with(c, "open(2)", NULL);
    joined = setns(namespace, (int)args[1].number) != -1 || fail_with(c, "setns(2)", NULL);
    close_fd(&namespace);
    return joined;
}

bool step_join_process(struct context *c, const struct arg *args)
{
    return setns(c->target, (int)args[0].number) != -1;
}

bool step_unshare(struct context *c, const struct arg *args)
{
    (void)c;
    return unshare((int)args[0].number) != -1;
}

bool step_time_offsets(struct context *c, const struct arg *args)
{
    (void)c;
    return write_value(AT_FDCWD, "/proc/self/timens_offsets", args[0].text, args[0].length);
}

bool step_become_root(struct context *c, const struct arg *args)
{
    if (setresgid(0, 0, 0) == -1)
        return fail_with(c, "setresgid(2)", NULL);
    if (args[0].number == 0 && setgroups(0, NULL) == -1 && errno != EPERM) /* EPERM: setgroups is denied in this user namespace */
        return fail_with(c, "setgroups(2)", NULL);
    if (setresuid(0, 0, 0) == -1)
        return fail_with(c, "setresuid(2)", NULL);
    /* What carried the capabilities over the execution of the sealed binary (launch.c) has done its work. */
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1)
        return fail_with(c, "prctl(2), PR_CAP_AMBIENT_CLEAR_ALL", NULL);
    return true;
}

bool step_hostname(struct context *c, const struct arg *args)
{
    (void)c;
    return sethostname(args[0].text, args[0].length) != -1;
}

bool step_domain_name(struct context *c, const struct arg *args)
{
    (void)c;
    return setdomainname(args[0].text, args[0].length) != -1;
}

bool step_loopback_up(struct context *c, const struct arg *args)
{
    struct ifreq request = {.ifr_name = "lo"};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool done;

    (void)args;
    if (fd == -1)
        return fail_with(c, "socket(2)", NULL);
    done = ioctl(fd, SIOCGIFFLAGS, &request) != -1;
    if (done) {
        request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
        done = ioctl(fd, SIOCSIFFLAGS, &request) != -1;
    }
    close_fd(&fd);
    return done;
}
