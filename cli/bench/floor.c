/*
 * The floor under a container runtime: floor ROOTFS PROGRAM [ARGUMENT]...
 *
 * Does by hand what `run` of the bundle beside it asks of the kernel, and nothing else: clone3(2) with new pid, net,
 * ipc, uts and mount namespaces, the seven mounts of `runc spec` (with the hierarchies bound below /sys/fs/cgroup on
 * cgroup v1), pivot_root(2), one directory in every cgroup hierarchy with the process in it, execve(2), waiting, and
 * taking the cgroups away. It leaves out device nodes, masked and read-only paths, capabilities, seccomp, sysctls and
 * every check, so no runtime that does its work can be faster by much.
 *
 * Exit status: the program's; 125 if a step failed, which is told on standard error.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_STEP_FAILED = 125, MAX_HIERARCHIES = 24, PATH_SIZE = 256 };

static const char cgroup_root[] = "/sys/fs/cgroup";

struct hierarchy {
    char name[64];            /* "" for the one hierarchy of cgroup v2 */
    char directory[PATH_SIZE]; /* of our cgroup */
    int procs;                /* its cgroup.procs */
};

struct hierarchies {
    struct hierarchy all[MAX_HIERARCHIES];
    int count;
};

_Noreturn static void fail(const char *step, const char *object)
{
    fprintf(stderr, "floor: %s %s: %s\n", step, object, strerror(errno));
    _exit(EXIT_STEP_FAILED);
}

static long filesystem_type(const char *path)
{
    struct statfs facts;

    if (statfs(path, &facts) == -1)
        return 0;
    return (long)facts.f_type;
}

/* A new cpuset of cgroup v1 takes nobody in before it has cpus and memory nodes: those of the root. */
static void copy_cpuset(const char *parent, const char *directory, const char *file)
{
    char path[PATH_SIZE * 2];
    char text[PATH_SIZE];
    int fd;
    ssize_t length;

    snprintf(path, sizeof path, "%s/%s", parent, file);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return;
    length = read(fd, text, sizeof text);
    close(fd);
    snprintf(path, sizeof path, "%s/%s", directory, file);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd == -1 || length <= 0 || write(fd, text, (size_t)length) != length)
        fail("write", path);
    close(fd);
}

static void add_hierarchy(struct hierarchies *h, const char *name)
{
    struct hierarchy *one = &h->all[h->count];
    char parent[PATH_SIZE];
    char procs[PATH_SIZE + 16];

    if (h->count == MAX_HIERARCHIES)
        return;
    snprintf(one->name, sizeof one->name, "%s", name);
    snprintf(parent, sizeof parent, "%s%s%s", cgroup_root, *name ? "/" : "", one->name);
    snprintf(one->directory, sizeof one->directory, "%.180s/troupe-floor-%d", parent, (int)getpid());
    if (mkdir(one->directory, 0755) == -1)
        fail("mkdir", one->directory);
    if (strcmp(name, "cpuset") == 0) {
        copy_cpuset(parent, one->directory, "cpuset.cpus");
        copy_cpuset(parent, one->directory, "cpuset.mems");
    }
    snprintf(procs, sizeof procs, "%s/cgroup.procs", one->directory);
    one->procs = open(procs, O_WRONLY | O_CLOEXEC);
    if (one->procs == -1)
        fail("open", procs);
    h->count++;
}

static void make_cgroups(struct hierarchies *h)
{
    DIR *directory;
    struct dirent *entry;
    char path[PATH_SIZE * 2];
    long type;

    if (filesystem_type(cgroup_root) == CGROUP2_SUPER_MAGIC) {
        add_hierarchy(h, "");
        return;
    }
    directory = opendir(cgroup_root);
    if (directory == NULL)
        fail("opendir", cgroup_root);
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.' || entry->d_type != DT_DIR)
            continue;
        snprintf(path, sizeof path, "%s/%s", cgroup_root, entry->d_name);
        type = filesystem_type(path);
        if (type == CGROUP_SUPER_MAGIC || type == CGROUP2_SUPER_MAGIC)
            add_hierarchy(h, entry->d_name);
    }
    closedir(directory);
}

static void remove_cgroups(const struct hierarchies *h)
{
    for (int i = 0; i < h->count; i++) {
        if (rmdir(h->all[i].directory) == -1)
            fail("rmdir", h->all[i].directory);
    }
}

static void mount_at(const char *type, const char *target, unsigned long flags, const char *options)
{
    if (mkdir(target, 0755) == -1 && errno != EEXIST)
        fail("mkdir", target);
    if (mount(type, target, type, flags, options) == -1)
        fail("mount", target);
}

/* Relative to the root file system, which is the working directory. */
static void mount_cgroups(const struct hierarchies *h)
{
    char target[PATH_SIZE];

    if (h->all[0].name[0] == '\0') {
        mount_at("cgroup2", "sys/fs/cgroup", MS_NOSUID | MS_NOEXEC | MS_NODEV | MS_RDONLY, NULL);
        return;
    }
    mount_at("tmpfs", "sys/fs/cgroup", MS_NOSUID | MS_NOEXEC | MS_NODEV, "mode=755");
    for (int i = 0; i < h->count; i++) {
        snprintf(target, sizeof target, "sys/fs/cgroup/%s", h->all[i].name);
        if (mkdir(target, 0755) == -1 || mount(h->all[i].directory, target, NULL, MS_BIND | MS_REC, NULL) == -1)
            fail("bind", target);
    }
}

static void mount_all(const struct hierarchies *h)
{
    const unsigned long plain = MS_NOSUID | MS_NOEXEC | MS_NODEV;

    mount_at("proc", "proc", 0, NULL);
    mount_at("tmpfs", "dev", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
    mount_at("devpts", "dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
    mount_at("tmpfs", "dev/shm", plain, "mode=1777,size=65536k");
    mount_at("mqueue", "dev/mqueue", plain, NULL);
    mount_at("sysfs", "sys", plain | MS_RDONLY, NULL);
    mount_cgroups(h);
}

static void enter_root(const char *rootfs, const struct hierarchies *h)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1)
        fail("make private", "/");
    if (mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL) == -1)
        fail("bind", rootfs);
    if (chdir(rootfs) == -1)
        fail("chdir", rootfs);
    mount_all(h);
    if (syscall(SYS_pivot_root, ".", ".") == -1)
        fail("pivot_root", rootfs);
    if (umount2(".", MNT_DETACH) == -1)
        fail("umount2", "the old root");
    if (mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) == -1)
        fail("remount", "/");
}

_Noreturn static void child(char **argv, const struct hierarchies *h)
{
    static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};

    for (int i = 0; i < h->count; i++) {
        if (write(h->all[i].procs, "0", 1) != 1)
            fail("join", h->all[i].directory);
    }
    if (setsid() == -1)
        fail("setsid", "");
    enter_root(argv[1], h);
    if (sethostname("floor", 5) == -1)
        fail("sethostname", "floor");
    execve(argv[2], argv + 2, environment);
    fail("execve", argv[2]);
}

int main(int argc, char **argv)
{
    struct hierarchies h = {.count = 0};
    struct clone_args arguments = {
        .flags = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS,
        .exit_signal = SIGCHLD,
    };
    long pid;
    int status;

    if (argc < 3) {
        fprintf(stderr, "usage: floor ROOTFS PROGRAM [ARGUMENT]...\n");
        return EXIT_STEP_FAILED;
    }
    make_cgroups(&h);
    pid = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid == -1)
        fail("clone3", "");
    if (pid == 0)
        child(argv, &h);
    if (waitpid((pid_t)pid, &status, 0) == -1)
        fail("waitpid", "");
    remove_cgroups(&h);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
