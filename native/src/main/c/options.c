#include "options.h"

#include "io.h"

#include <errno.h>
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

static bool default_run(char *result)
{
    static const char below[] = "/troupe";
    const char *runtime = getenv("XDG_RUNTIME_DIR");

    if (geteuid() == 0)
        return absolute("/run/troupe", result);
    if (runtime == NULL || *runtime == '\0') {
        complain("run directory: XDG_RUNTIME_DIR is not set. Set it, or TROUPE_RUN, or use --run DIR");
        return false;
    }
    if (!absolute(runtime, result))
        return false;
    if (strlen(result) + sizeof below > PATH_MAX) {
        complain("run directory: XDG_RUNTIME_DIR is too long. Use --run DIR");
        return false;
    }
    strcat(result, below);
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
