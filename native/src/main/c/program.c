/* The program of the container's process: where it starts, which file it is, and its execution. */
#include "beneath.h"
#include "exchange.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "/" is the container's here. No magic link is followed: /proc/self/fd/N cannot lead to a directory of the host. */
static bool enter(const char *path)
{
    int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int directory = -1;
    bool done;

    if (root != -1)
        directory = open_in_root(root, path, O_PATH | O_DIRECTORY, 0);
    done = directory != -1 && fchdir(directory) != -1;
    close_fd(&directory);
    close_fd(&root);
    return done;
}

/* getcwd(2) is asked where this is: outside the root it has no path (CVE-2024-21626). */
bool step_working_directory(struct context *c, const struct arg *args)
{
    char path[PATH_MAX];
    bool early = args[1].number != 0;

    if (c->placed && !early)
        return true;
    if (!enter(args[0].text))
        return early && errno == EACCES;
    if (getcwd(path, sizeof path) == NULL)
        return fail_with(c, "getcwd(2)", NULL);
    if (path[0] != '/') {
        errno = EXDEV;
        return fail_with(c, "it is outside the root", NULL);
    }
    c->placed = early;
    return true;
}

/* Whether the file may be executed; errno is ENOENT, EACCES or what else the kernel says. */
static bool is_program(const char *path)
{
    struct stat status;

    if (stat(path, &status) == -1)
        return false;
    if (!S_ISREG(status.st_mode)) {
        errno = EACCES;
        return false;
    }
    return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != -1;
}

/* Puts DIRECTORY/PROGRAM into context.program; an empty directory is the working directory. */
static bool join(struct context *c, const char *directory, size_t length, const char *program)
{
    size_t more = strlen(program);

    if (length == 0) {
        directory = ".";
        length = 1;
    }
    if (length + 1 + more >= sizeof c->program)
        return false;
    memcpy(c->program, directory, length);
    c->program[length] = '/';
    memcpy(c->program + length + 1, program, more + 1);
    return true;
}

static bool search(struct context *c, const char *program, const char *path)
{
    int number = ENOENT;

    for (;;) {
        size_t length = strcspn(path, ":");
        if (join(c, path, length, program)) {
            if (is_program(c->program))
                return true;
            if (errno == EACCES)
                number = EACCES; /* as execvp(3): told only if there is none elsewhere */
        }
        if (path[length] == '\0')
            break;
        path += length + 1;
    }
    c->program[0] = '\0';
    errno = number;
    return false;
}

bool step_find_program(struct context *c, const struct arg *args)
{
    size_t length = args[0].length;

    if (length == 0) {
        errno = ENOENT;
        return false;
    }
    if (strchr(args[0].text, '/') == NULL)
        return search(c, args[0].text, args[1].text);
    if (length >= sizeof c->program) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(c->program, args[0].text, length + 1);
    return is_program(c->program);
}

/*
 * What the caller left open for the program has come over an execve(2), so it is not close-on-exec; all that this client
 * opens is.
 */
bool step_passed(struct context *c, const struct arg *args)
{
    char text[40] = "descriptor ";

    for (int fd = 3; fd < 3 + (int)args[0].number; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags == -1 || (flags & FD_CLOEXEC) != 0) {
            decimal(fd, text + strlen(text));
            errno = EBADF;
            return fail_with(c, text, "the caller has not opened it");
        }
    }
    return true;
}

/* They close at execve(2): until then the launcher needs its own. */
bool step_close_from(struct context *c, const struct arg *args)
{
    (void)c;
    return close_range(3U + (unsigned)args[0].number, ~0U, CLOSE_RANGE_CLOEXEC) != -1;
}

bool step_exec(struct context *c, const struct arg *args)
{
    char **argv = list_pointers(&args[0]);
    char **envp = list_pointers(&args[1]);

    if (argv == NULL || envp == NULL)
        goto failed;
    if (c->home[0] != '\0')
        envp[args[1].length] = c->home;
    announce(c);
    execve(c->program, argv, envp);

failed: /* execve(2) does not return */
    free(argv);
    free(envp);
    return false;
}
