/* Directories and files of cgroups, and other host files that the supervisor planned (cgroups(7)). */
#include "io.h"
#include "step.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* PATH is changed on the way and is as it was at the end. */
static bool make_directories(char *path, mode_t mode)
{
    char *slash;
    bool made;

    if (mkdir(path, mode) != -1 || errno == EEXIST)
        return true;
    slash = strrchr(path, '/');
    if (errno != ENOENT || slash == NULL || slash == path)
        return false;
    *slash = '\0';
    made = make_directories(path, mode);
    *slash = '/';
    return made && (mkdir(path, mode) != -1 || errno == EEXIST);
}

bool step_make_directory(struct context *c, const struct arg *args)
{
    char path[PATH_MAX];
    mode_t mask;
    bool made;

    (void)c;
    if (args[0].length >= sizeof path) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(path, args[0].text, args[0].length + 1);
    mask = umask(0);
    made = make_directories(path, (mode_t)args[1].number);
    umask(mask);
    return made;
}

bool step_write_file(struct context *c, const struct arg *args)
{
    (void)c;
    return write_value(AT_FDCWD, args[0].text, args[1].text, args[1].length);
}

static bool write_to_each(struct context *c, const struct arg *paths, int64_t number)
{
    const char *at = paths->text;
    char text[24];
    size_t length = decimal(number, text);

    for (uint32_t i = 0; i < paths->length; i++) {
        const char *path = next_item(&at);
        if (!write_value(AT_FDCWD, path, text, length))
            return fail_with(c, path, NULL);
    }
    return true;
}

bool step_write_pid(struct context *c, const struct arg *args)
{
    return write_to_each(c, &args[0], c->pid);
}

bool step_enter_cgroups(struct context *c, const struct arg *args)
{
    return write_to_each(c, &args[0], 0);
}

bool step_into_cgroup(struct context *c, const struct arg *args)
{
    close_fd(&c->cgroup);
    c->cgroup = open(args[0].text, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return c->cgroup != -1;
}

/* bpf(2); the kernel asks that what it does not know is 0, so all of the attribute is. */
static int bpf(int command, union bpf_attr *attribute)
{
    return (int)syscall(SYS_bpf, command, attribute, sizeof *attribute);
}

bool step_device_filter(struct context *c, const struct arg *args)
{
    union bpf_attr load;
    union bpf_attr attachment;
    int directory = open(args[0].text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int program;
    bool done;

    if (directory == -1)
        return false;
    memset(&load, 0, sizeof load);
    load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    load.insns = (uintptr_t)args[1].text;
    load.insn_cnt = args[1].length / (uint32_t)sizeof(struct bpf_insn);
    load.license = (uintptr_t) "Apache-2.0";
    program = bpf(BPF_PROG_LOAD, &load);
    if (program == -1) {
        close_fd(&directory);
        return fail_with(c, "bpf(2), BPF_PROG_LOAD", NULL);
    }
    memset(&attachment, 0, sizeof attachment);
    attachment.target_fd = (uint32_t)directory;
    attachment.attach_bpf_fd = (uint32_t)program;
    attachment.attach_type = BPF_CGROUP_DEVICE;
    attachment.attach_flags = BPF_F_ALLOW_MULTI;
    done = bpf(BPF_PROG_ATTACH, &attachment) != -1 || fail_with(c, "bpf(2), BPF_PROG_ATTACH", NULL);
    close_fd(&program);
    close_fd(&directory);
    return done;
}
