/* Leaving the cgroups of whoever happens to start the supervisor. */
#include "connect.h"
#include "io.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOUNT_LINE = 4096 };

/* The fields of a line of /proc/self/mountinfo that matter here (proc_pid_mountinfo(5)). */
struct mount {
    const char *root;
    const char *point;
    const char *type;
};

/* Cuts LINE into its fields. False if it is none of cgroups. */
static bool read_mount(char *line, struct mount *mount)
{
    char *rest = NULL;
    char *dash = strstr(line, " - ");

    if (dash == NULL)
        return false;
    *dash = '\0';
    mount->type = strtok_r(dash + 3, " ", &rest);
    if (mount->type == NULL || strncmp(mount->type, "cgroup", strlen("cgroup")) != 0)
        return false;
    (void)strtok_r(line, " ", &rest); /* id, parent, device */
    (void)strtok_r(NULL, " ", &rest);
    (void)strtok_r(NULL, " ", &rest);
    mount->root = strtok_r(NULL, " ", &rest);
    mount->point = strtok_r(NULL, " ", &rest);
    return mount->root != NULL && mount->point != NULL;
}

static void enter(const char *point)
{
    int directory = open(point, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (directory != -1)
        (void)write_value(directory, "cgroup.procs", "0", 1); /* whoever may not stays where it is */
    close_fd(&directory);
}

void leave_cgroups(void)
{
    char line[MOUNT_LINE];
    struct mount mount;
    FILE *mounts = fopen("/proc/self/mountinfo", "re");

    while (mounts != NULL && fgets(line, sizeof line, mounts) != NULL) {
        if (read_mount(line, &mount) && strcmp(mount.root, "/") == 0)
            enter(mount.point);
    }
    if (mounts != NULL)
        fclose(mounts);
}
