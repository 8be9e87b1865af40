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
#include <sys/vfs.h>
#include <unistd.h>

/* Of a control file that is read, with its NUL. */
enum { VALUE_SIZE = 4096 };

/* Is PATH on a file system of this kind? 0 is any. ENODEV if not. */
static bool is_on(const char *path, int64_t file_system)
{
    struct statfs status;

    if (file_system == 0)
        return true;
    if (statfs(path, &status) == -1)
        return false;
    if ((int64_t)status.f_type != file_system)
        errno = ENODEV;
    return (int64_t)status.f_type == file_system;
}

/* Makes PATH, or keeps it, where it may be. Not where it may not: what was made is then removed. */
static bool make_checked(const char *path, mode_t mode, int64_t file_system)
{
    bool made = mkdir(path, mode) != -1;
    int number;

    if (!made && errno != EEXIST)
        return false;
    if (is_on(path, file_system))
        return true;
    number = errno;
    if (made)
        rmdir(path);
    errno = number;
    return false;
}

/* PATH is changed on the way and is as it was at the end. Where parents are missing, the topmost of them is checked. */
static bool make_directories(char *path, mode_t mode, int64_t file_system)
{
    char *slash;
    bool made;

    if (make_checked(path, mode, file_system))
        return true;
    slash = strrchr(path, '/');
    if (errno != ENOENT || slash == NULL || slash == path)
        return false;
    *slash = '\0';
    made = make_directories(path, mode, file_system);
    *slash = '/';
    return made && make_checked(path, mode, 0);
}

bool step_make_directory(struct context *c, const struct arg *args)
{
    char path[PATH_MAX];
    mode_t mask;
    bool made;

    if (args[0].length >= sizeof path) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(path, args[0].text, args[0].length + 1);
    mask = umask(0);
    made = make_directories(path, (mode_t)args[1].number, args[2].number);
    umask(mask);
    if (!made && errno == ENODEV)
        fail_with(c, "what was mounted there is not there now", NULL);
    return made;
}

bool step_write_file(struct context *c, const struct arg *args)
{
    (void)c;
    return write_value(AT_FDCWD, args[0].text, args[1].text, args[1].length);
}

bool step_write_first(struct context *c, const struct arg *args)
{
    const char *paths = args[0].text;
    const char *values = args[1].text;

    if (args[0].length != args[1].length) {
        errno = EINVAL;
        return fail_with(c, "not as many values as paths", NULL);
    }
    errno = ENOENT;
    for (uint32_t i = 0; i < args[0].length; i++) {
        const char *path = next_item(&paths);
        const char *value = next_item(&values);
        if (write_value(AT_FDCWD, path, value, strlen(value)))
            return true;
        if (errno != ENOENT)
            return fail_with(c, path, NULL);
    }
    return false;
}

/* Reads a control file as a string. False with errno; EFBIG if it does not fit. */
static bool read_value(int directory, const char *path, char *value, size_t size)
{
    int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd == -1)
        return false;
    length = read(fd, value, size);
    close_fd(&fd);
    if (length == -1)
        return false;
    if ((size_t)length == size) {
        errno = EFBIG;
        return false;
    }
    value[length] = '\0';
    return true;
}

bool step_inherit(struct context *c, const struct arg *args)
{
    char value[VALUE_SIZE];

    if (!read_value(AT_FDCWD, args[0].text, value, sizeof value))
        return false;
    if (value[strspn(value, " \n")] != '\0')
        return true;
    if (!read_value(AT_FDCWD, args[1].text, value, sizeof value))
        return fail_with(c, args[1].text, NULL);
    return write_value(AT_FDCWD, args[0].text, value, strlen(value));
}

/* Is WORD one of the words of TEXT, which single spaces part and a line end closes? */
static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    while (*text != '\0') {
        size_t here = strcspn(text, " \n");
        if (here == length && strncmp(text, word, length) == 0)
            return true;
        text += here;
        text += strspn(text, " \n");
    }
    return false;
}

/* Writes "+a +b " of the controllers that are not in ENABLED to WANTED. Gives its length; 0 if all are in. */
static size_t missing_controllers(const struct arg *controllers, const char *enabled, char wanted[VALUE_SIZE])
{
    const char *at = controllers->text;
    size_t length = 0;

    for (uint32_t i = 0; i < controllers->length; i++) {
        const char *name = next_item(&at);
        size_t more = strlen(name);
        if (has_word(enabled, name) || length + more + 2 > VALUE_SIZE)
            continue;
        wanted[length++] = '+';
        memcpy(wanted + length, name, more);
        length += more;
        wanted[length++] = ' ';
    }
    return length;
}

bool step_enable_controllers(struct context *c, const struct arg *args)
{
    static const char file[] = "cgroup.subtree_control";
    char enabled[VALUE_SIZE];
    char wanted[VALUE_SIZE];
    size_t length;
    bool done;
    int directory = open(args[0].text, O_PATH | O_DIRECTORY | O_CLOEXEC);

    (void)c;
    if (directory == -1)
        return false;
    done = read_value(directory, file, enabled, sizeof enabled);
    if (done) {
        length = missing_controllers(&args[1], enabled, wanted);
        done = length == 0 || write_value(directory, file, wanted, length);
    }
    close_fd(&directory);
    return done;
}

bool step_own_cgroup(struct context *c, const struct arg *args)
{
    uid_t uid = (uid_t)args[2].number;
    const char *at = args[1].text;
    int directory = open(args[0].text, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool done = directory != -1 && fchownat(directory, "", uid, (gid_t)-1, AT_EMPTY_PATH) != -1;

    for (uint32_t i = 0; done && i < args[1].length; i++) {
        const char *name = next_item(&at);
        done = fchownat(directory, name, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW) != -1 || errno == ENOENT ||
               fail_with(c, name, NULL);
    }
    close_fd(&directory);
    return done;
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
    memcpy(load.prog_name, "troupe_devices", sizeof "troupe_devices"); /* by which an update knows it */
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
