/*
 * Kernel parameters, written through a procfs that nobody else can reach (CVE-2025-52881: a write to a fake or moved
 * procfs file can be led anywhere).
 */
#include "io.h"
#include "step.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { PROC_ROOT_INODE = 1 };

/* A new procfs of this pid namespace, mounted nowhere. */
static int make_procfs(void)
{
    int context = fsopen("proc", FSOPEN_CLOEXEC);
    int mount = -1;

    if (context != -1 && fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) != -1)
        mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    close_fd(&context);
    return mount;
}

/* Without the right to make one (a user namespace in the host's pid namespace): the one at /proc, if it is the root of
 * a procfs. What is mounted over parts of it is not followed (RESOLVE_NO_XDEV). */
static int verified_procfs(void)
{
    int proc = open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct statfs fs;
    struct stat status;

    if (proc == -1)
        return -1;
    if (fstatfs(proc, &fs) == -1 || fstat(proc, &status) == -1) {
        close_fd(&proc);
    } else if (fs.f_type != PROC_SUPER_MAGIC || status.st_ino != PROC_ROOT_INODE) {
        close_fd(&proc);
        errno = ENODEV;
    }
    return proc;
}

static bool write_parameter(struct context *c, const char *path, const struct arg *value)
{
    struct open_how how = {
        .flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    int fd = (int)syscall(SYS_openat2, c->procfs, path, &how, sizeof how);
    ssize_t written;

    if (fd == -1)
        return fail_with(c, path, NULL);
    written = write(fd, value->text, value->length);
    close_fd(&fd);
    if (written == (ssize_t)value->length)
        return true;
    if (written >= 0)
        errno = EIO;
    return fail_with(c, path, NULL);
}

static bool need_procfs(struct context *c)
{
    if (c->procfs < 0)
        c->procfs = make_procfs();
    if (c->procfs < 0)
        c->procfs = verified_procfs();
    return c->procfs >= 0 || fail_with(c, "no procfs to write to", NULL);
}

/* PREFIX and TEXT, if they fit in a path. */
static bool join(char *path, const char *prefix, const char *text)
{
    size_t length = strlen(prefix);
    size_t more = strlen(text);

    if (length + more >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(path, prefix, length);
    memcpy(path + length, text, more + 1);
    return true;
}

bool step_sysctl(struct context *c, const struct arg *args)
{
    char path[PATH_MAX];

    return need_procfs(c) && join(path, "sys/", args[0].text) && write_parameter(c, path, &args[1]);
}

/* The new process has not been waited for, so its pid is still its own. */
static bool score_process(struct context *c, int64_t score)
{
    char path[48] = "/proc/";
    char value[24];
    size_t length = strlen(path);

    length += decimal(c->pid, path + length);
    memcpy(path + length, "/oom_score_adj", sizeof "/oom_score_adj");
    return write_value(AT_FDCWD, path, value, decimal(score, value)) || fail_with(c, path, NULL);
}

bool step_oom_score_adjust(struct context *c, const struct arg *args)
{
    char path[64];
    char value[24];
    ssize_t length;
    struct arg text = {.tag = ARG_BYTES, .text = value};

    if (c->section == SECTION_AFTER)
        return score_process(c, args[0].number);
    if (!need_procfs(c))
        return false;
    length = readlinkat(c->procfs, "self", path, 24); /* this process's pid as that procfs counts */
    if (length <= 0)
        return fail_with(c, "self", NULL);
    memcpy(path + length, "/oom_score_adj", sizeof "/oom_score_adj");
    text.length = (uint32_t)decimal(args[0].number, value);
    return write_parameter(c, path, &text);
}

bool step_security_label(struct context *c, const struct arg *args)
{
    char path[PATH_MAX];
    ssize_t length;

    if (!need_procfs(c))
        return false;
    length = readlinkat(c->procfs, "thread-self", path, 64); /* as that procfs counts */
    if (length <= 0)
        return fail_with(c, "thread-self", NULL);
    memcpy(path + length, "/attr/", sizeof "/attr/");
    length += (ssize_t)sizeof "/attr/" - 1;
    if ((size_t)length + args[0].length >= sizeof path) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(path + length, args[0].text, args[0].length + 1U);
    return write_parameter(c, path, &args[1]);
}
