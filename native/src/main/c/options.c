#include "options.h"

#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Global options with a value: what follows them is not the command. The rest is the supervisor's to read. */
static const char *const with_value[] = {"--root", "--log", "--log-format", "--log-level", "--run", "--data", "--rootless", "--criu",
                                        "--cgroup-manager"};

static bool takes_value(const char *word)
{
    for (size_t i = 0; i < sizeof with_value / sizeof *with_value; i++) {
        if (strcmp(word, with_value[i]) == 0)
            return true;
    }
    return false;
}

/* The value of option NAME, which WORD may be ("--run=DIR") or begin ("--run", "DIR"); else what was found before. */
static const char *value_of(const char *name, const char *word, const char *next, const char *before)
{
    size_t length = strlen(name);

    if (strncmp(word, name, length) != 0)
        return before;
    if (word[length] == '=')
        return word + length + 1;
    return word[length] == '\0' && next != NULL ? next : before;
}

/* Makes it absolute: the supervisor runs elsewhere. */
static bool absolute(const char *path, char *result)
{
    size_t length = 0;
    size_t path_length = strlen(path);

    if (path[0] != '/') {
        if (getcwd(result, PATH_MAX) == NULL) {
            char text[128];
            complain("working directory: getcwd(2): %s", errno_text(errno, text));
            return false;
        }
        length = strlen(result);
        result[length++] = '/';
    }
    if (length + path_length >= PATH_MAX) {
        complain("%.64s...: the path is longer than %d bytes. Use a shorter one", path, PATH_MAX - 1);
        return false;
    }
    memcpy(result + length, path, path_length + 1);
    return true;
}

/* The host's uid of uid 0 in this user namespace (user_namespaces(7)); 0 in the host's own, or if it cannot be read. */
static long outer_root(void)
{
    char map[64];
    char *rest = map;
    ssize_t length;
    int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);

    length = fd == -1 ? -1 : read(fd, map, sizeof map - 1);
    close_fd(&fd);
    if (length <= 0)
        return 0;
    map[length] = '\0';
    return strtol(rest, &rest, 10) == 0 ? strtol(rest, NULL, 10) : 0;
}

/*
 * The host's root has /run/troupe. Everybody else has a directory in XDG_RUNTIME_DIR, or without one in /tmp: it must be
 * his (open_run). Root of a user namespace sees other mounts than the user who made it, and has a supervisor of its own.
 */
static bool default_run(char *result)
{
    static const char within[] = "-userns";
    long uid = geteuid();
    long outer = uid == 0 ? outer_root() : 0;
    const char *runtime = getenv("XDG_RUNTIME_DIR");

    if (uid == 0 && outer == 0)
        return absolute("/run/troupe", result);
    if (runtime == NULL || *runtime == '\0') {
        strcpy(result, "/tmp/troupe-");
        decimal(uid == 0 ? outer : uid, result + strlen(result));
    } else if (!absolute(runtime, result)) {
        return false;
    } else if (strlen(result) + sizeof "/troupe" + sizeof within > PATH_MAX) {
        complain("run directory: XDG_RUNTIME_DIR is too long. Use --run DIR");
        return false;
    } else {
        strcat(result, "/troupe");
    }
    if (outer != 0)
        strcat(result, within);
    return true;
}

bool read_options(struct options *o, int argc, char **argv)
{
    const char *run = NULL;
    const char *data = NULL;
    int i = 1;

    o->argc = argc;
    o->argv = argv;
    o->data[0] = '\0';
    while (i < argc && argv[i][0] == '-' && strcmp(argv[i], "--") != 0) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        run = value_of("--run", argv[i], next, run);
        data = value_of("--data", argv[i], next, data);
        i += takes_value(argv[i]) ? 2 : 1;
    }
    if (i < argc && strcmp(argv[i], "--") == 0)
        i++;
    o->command = i < argc ? i : argc;
    if (run == NULL)
        run = getenv("TROUPE_RUN");
    if (data == NULL)
        data = getenv("TROUPE_DATA");
    if (data != NULL && *data != '\0' && !absolute(data, o->data))
        return false;
    return run != NULL && *run != '\0' ? absolute(run, o->run) : default_run(o->run);
}

bool is_word(const struct options *o, int n, const char *word)
{
    return o->command + n < o->argc && strcmp(o->argv[o->command + n], word) == 0;
}
