/* Starting a supervisor on demand: a daemon that says when it is ready, and outlives who asked for it. */
#include "connect.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY_FD = 3, READY_MILLIS = 60 * 1000 };

/* DIRECTORY OF THIS BINARY/../libexec/troupe-supervisor. */
static bool find_script(char *path)
{
    static const char below[] = "/../libexec/troupe-supervisor";
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - sizeof below);
    char *slash;

    if (length <= 0)
        return false;
    path[length] = '\0';
    slash = strrchr(path, '/');
    strcpy(slash, below);
    return true;
}

/* What belongs to the caller alone must not reach a supervisor that outlives it. */
static void clean_environment(void)
{
    static const char *const callers[] = {"NOTIFY_SOCKET",   "LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES",
                                          "TROUPE_FAILPOINT", "_OCI_SYNCPIPE", "_OCI_STARTPIPE"};

    for (size_t i = 0; i < sizeof callers / sizeof *callers; i++)
        unsetenv(callers[i]);
}

static void exec_script(const struct options *o, char **more, int more_count)
{
    char path[PATH_MAX];
    char **argv = calloc((size_t)more_count + 6, sizeof *argv);
    int n = 0;
    char option_run[] = "--run";
    char option_data[] = "--data";

    if (argv == NULL || !find_script(path))
        goto failed;
    argv[n++] = path;
    argv[n++] = option_run;
    argv[n++] = (char *)(uintptr_t)o->run;
    if (o->data[0] != '\0') {
        argv[n++] = option_data;
        argv[n++] = (char *)(uintptr_t)o->data;
    }
    for (int i = 0; i < more_count; i++)
        argv[n++] = more[i];
    execve(path, argv, environ);

failed: /* execve(2) does not return */
    free(argv);
}

int become_supervisor(const struct options *o)
{
    char text[128];
    int words = o->command + 2;

    exec_script(o, o->argv + words, o->argc - words);
    complain("supervisor: cannot execute ../libexec/troupe-supervisor beside this program: %s", errno_text(errno, text));
    return EXIT_FAILED;
}

/* In the second child: READY becomes descriptor 3, the rest is /dev/null, the log, and nothing else. Never returns. */
__attribute__((noreturn)) static void become_daemon(const struct options *o, int run, int ready)
{
    char line[256];
    char text[128];
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int log = openat(run, "supervisor.err", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    sigset_t none;

    sigemptyset(&none);
    if (null == -1 || log == -1 || chdir("/") == -1 || sigprocmask(SIG_SETMASK, &none, NULL) == -1)
        goto failed;
    if (dup2(null, 0) == -1 || dup2(null, 1) == -1 || dup2(log, 2) == -1)
        goto failed;
    if (ready == READY_FD ? fcntl(ready, F_SETFD, 0) == -1 : dup2(ready, READY_FD) == -1)
        goto failed;
    ready = READY_FD;
    close_range(READY_FD + 1, ~0U, 0);
    umask(022);
    clean_environment();
    leave_cgroups();
    setenv("TROUPE_READY_FD", "3", 1);
    exec_script(o, NULL, 0);

failed:
    (void)snprintf(line, sizeof line, "supervisor: cannot start ../libexec/troupe-supervisor beside this program: %s\n",
                   errno_text(errno, text));
    (void)write_all(ready, line, strlen(line)); /* else its end has to do */
    _exit(EXIT_FAILED);
}

/* Forks twice, so that the supervisor is nobody's child and in a session of its own. */
static bool fork_daemon(const struct options *o, int run, int ready)
{
    int status;
    pid_t pid = fork();

    if (pid == -1)
        return false;
    if (pid == 0) {
        if (setsid() == -1)
            _exit(EXIT_FAILED);
        pid = fork();
        if (pid == 0)
            become_daemon(o, run, ready);
        _exit(pid == -1 ? EXIT_FAILED : EXIT_OK);
    }
    while (waitpid(pid, &status, 0) == -1) {
        if (errno != EINTR)
            return false;
    }
    errno = EAGAIN;
    return status == 0;
}

/* What the supervisor wrote before it had a log begins with the reason. */
static void show_error(const struct options *o, int run)
{
    char line[512];
    int fd = openat(run, "supervisor.err", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t length = fd == -1 ? -1 : pread(fd, line, sizeof line - 1, 0);

    close_fd(&fd);
    line[length > 0 ? length : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '\0')
        complain("supervisor: it ended before it was ready, without a word in %s/supervisor.err", o->run);
    else
        complain("supervisor: it ended before it was ready: \"%s\". See %s/supervisor.err", line, o->run);
}

/* Reads the one line into LINE. Its length: 0 at an end without a line, -1 if the time is over. */
static ssize_t read_line(int ready, char *line, size_t room)
{
    struct pollfd waiting = {.fd = ready, .events = POLLIN};
    int64_t deadline = now_millis() + READY_MILLIS;
    size_t length = 0;

    for (;;) {
        int64_t left = deadline - now_millis();
        ssize_t count;
        if (left <= 0)
            return -1;
        if (poll(&waiting, 1, (int)left) <= 0)
            continue;
        count = read(ready, line + length, room - 1 - length);
        if (count <= 0)
            return 0;
        length += (size_t)count;
        line[length] = '\0';
        if (strchr(line, '\n') != NULL || length == room - 1) {
            line[strcspn(line, "\n")] = '\0';
            return (ssize_t)length;
        }
    }
}

bool start_supervisor(const struct options *o, int run)
{
    char line[1024];
    char text[128];
    int ends[2];
    ssize_t length;
    bool ready;

    if (pipe2(ends, O_CLOEXEC) == -1 || !fork_daemon(o, run, ends[1])) {
        complain("supervisor: cannot start a process for it: %s", errno_text(errno, text));
        return false;
    }
    close_fd(&ends[1]);
    length = read_line(ends[0], line, sizeof line);
    close_fd(&ends[0]);
    ready = length > 0 && strcmp(line, "READY") == 0;
    if (length > 0 && !ready)
        complain("%s", line);
    else if (length == 0)
        show_error(o, run);
    else if (length < 0)
        complain("supervisor: it is not ready after %d s. See %s/supervisor.err", READY_MILLIS / 1000, o->run);
    return ready;
}
