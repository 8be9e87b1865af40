/* The variable HOME of a program whose configuration sets none: what the container's own /etc/passwd says. */
#include "beneath.h"
#include "io.h"
#include "step.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a file that the container may have written; a longer one is not looked at. */
enum { MOST_BYTES = 1024 * 1024 };

enum { FIELD_UID = 2, FIELD_HOME = 5, FIELDS = 6 };

/* The file, if it is a plain one. */
static FILE *open_passwd(void)
{
    struct stat status;
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = root == -1 ? -1 : open_in_root(root, "/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    bool plain = fd != -1 && fstat(fd, &status) != -1 && S_ISREG(status.st_mode) && status.st_size <= MOST_BYTES;
    FILE *file = plain ? fdopen(fd, "re") : NULL;

    if (file == NULL)
        close_fd(&fd);
    close_fd(&root);
    return file;
}

/* Takes the home directory from LINE if it is UID's. */
static bool take_home(struct context *c, char *line, int64_t uid)
{
    char *fields[FIELDS] = {0};
    char *end;
    char *rest = line;

    for (int i = 0; i < FIELDS; i++)
        fields[i] = strsep(&rest, ":");
    if (fields[FIELD_HOME] == NULL || *fields[FIELD_UID] < '0' || *fields[FIELD_UID] > '9')
        return false;
    if (strtoll(fields[FIELD_UID], &end, 10) != uid || *end != '\0')
        return false;
    if (*fields[FIELD_HOME] == '/' && strlen(fields[FIELD_HOME]) + sizeof "HOME=" <= sizeof c->home)
        (void)stpcpy(stpcpy(c->home, "HOME="), fields[FIELD_HOME]);
    return true;
}

bool step_home(struct context *c, const struct arg *args)
{
    char line[PATH_MAX];
    FILE *file = open_passwd();
    bool begins = true;
    bool found = false;

    strcpy(c->home, "HOME=/");
    while (!found && file != NULL && fgets(line, sizeof line, file) != NULL) {
        size_t length = strlen(line);
        bool ends = length > 0 && line[length - 1] == '\n';
        if (ends)
            line[length - 1] = '\0';
        found = begins && (ends || feof(file)) && take_home(c, line, args[0].number);
        begins = ends;
    }
    if (file != NULL)
        fclose(file);
    return true;
}
