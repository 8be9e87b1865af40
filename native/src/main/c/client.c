#include "client.h"

#include "exchange.h"
#include "hello.h"
#include "io.h"
#include "session.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a supervisor may take to record an exit. The exit code is known; this is only for the record. */
enum { REPORT_MILLIS = 60 * 1000 };

/* How often a supervisor that leaves (it has been idle) may be met at the door. */
enum { ATTEMPTS = 5 };

/* How long a supervisor may take to end after it has agreed to. */
enum { STOP_MILLIS = 30 * 1000 };

/* "supervisor status" and "supervisor stop" ask the one that runs; they never start one. */
static int tell_nobody(const struct options *o)
{
    char text[128];
    int number = errno;

    if (number == 0)
        return EXIT_FAILED; /* told already */
    if (is_word(o, 1, "stop") && (number == ENOENT || number == ECONNREFUSED)) {
        complain("no supervisor runs at %s/%s", o->run, SOCKET_NAME);
        return EXIT_OK;
    }
    complain("no supervisor answers at %s/%s: connect(2): %s. Start it with \"troupe supervisor start\"", o->run,
             SOCKET_NAME, errno_text(number, text));
    return EXIT_FAILED;
}

/* Standard descriptors that the caller has closed would be given to sockets: something is put in their place. */
static void fill_standard_fds(void)
{
    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDWR) != fd)
            _exit(EXIT_FAILED); /* without descriptors nothing can be said either */
    }
}

/*
 * Tells a new supervisor how the container ended that the old one had entrusted to us. What it answers does not matter:
 * the exit code is the process's own.
 */
static void report_exit(const struct options *o, const struct session *s)
{
    char pid[24];
    char status[24];
    char word[] = "report-exit";
    char **argv = calloc((size_t)o->command + 5, sizeof *argv);
    int supervisor = argv == NULL ? -1 : reach_supervisor(o);
    int n = 0;

    if (supervisor != -1) {
        for (; n < o->command && strcmp(o->argv[n], "--") != 0; n++)
            argv[n] = o->argv[n];
        decimal(s->launch.pid, pid);
        decimal(s->status, status);
        argv[n++] = word;
        argv[n++] = (char *)(uintptr_t)s->id;
        argv[n++] = pid;
        argv[n++] = status;
        if (send_hello(supervisor, n, argv))
            await_exit(supervisor, REPORT_MILLIS);
    }
    close_fd(&supervisor);
    free(argv);
}

static int exit_code(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_SIGNALLED + WTERMSIG(status);
}

/* Gives the exit code. *UNHEARD: it is not the command's, which no supervisor has read. */
static int run_session(const struct options *o, int supervisor, bool *unheard)
{
    struct session s;
    char text[128];
    int code;

    *unheard = false;
    open_session(&s, supervisor);
    if (s.launch.signals == -1) {
        complain("signalfd(2): %s", errno_text(errno, text));
        return EXIT_FAILED;
    }
    if (!send_hello(supervisor, o->argc, o->argv) && errno != EPIPE && errno != ECONNRESET) {
        complain("cannot tell the supervisor the command: %s", errno_text(errno, text));
        return EXIT_FAILED;
    }
    code = serve_session(&s);
    if (s.orphaned) {
        if (s.id[0] != '\0')
            report_exit(o, &s);
        code = exit_code(s.status);
    }
    *unheard = s.unheard;
    close_session(&s);
    return code;
}

/* Connects as the command asks for it: "supervisor status" and "stop" start none. -1 with *CODE, all told. */
static int find_supervisor(const struct options *o, int *code)
{
    bool only_asks = is_word(o, 0, "supervisor") && (is_word(o, 1, "status") || is_word(o, 1, "stop"));
    int supervisor = only_asks ? connect_supervisor(o) : reach_supervisor(o);

    if (supervisor == -1)
        *code = only_asks ? tell_nobody(o) : EXIT_FAILED;
    return supervisor;
}

/* The supervisor that runs, by the pid file it writes: behind a socket of systemd's its peer credentials are systemd's. */
static int open_supervisor(const struct options *o)
{
    char path[PATH_MAX + sizeof "/supervisor.pid"];
    char digits[24] = "";
    ssize_t length;
    int fd;

    (void)snprintf(path, sizeof path, "%s/supervisor.pid", o->run);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    length = fd == -1 ? -1 : read(fd, digits, sizeof digits - 1);
    close_fd(&fd);
    return length > 0 && atoi(digits) > 0 ? pidfd_open(atoi(digits), 0) : -1;
}

/* "supervisor stop" is done when the process has ended: it still writes its journal after it has answered. */
static int await_stopped(const struct options *o, int pidfd)
{
    struct pollfd waiting = {.fd = pidfd, .events = POLLIN};

    if (pidfd == -1 || poll(&waiting, 1, STOP_MILLIS) == 1)
        return EXIT_OK;
    complain("supervisor at %s/%s: it has not ended after %d s. See its log", o->run, SOCKET_NAME, STOP_MILLIS / 1000);
    return EXIT_FAILED;
}

int client_main(int argc, char **argv)
{
    struct options o;
    bool unheard = true;
    int code = EXIT_FAILED;
    int stopping = -1;

    fill_standard_fds();
    if (!read_options(&o, argc, argv))
        return EXIT_USAGE;
    if (is_word(&o, 0, "supervisor") && is_word(&o, 1, "run"))
        return become_supervisor(&o);
    for (int i = 0; unheard && i < ATTEMPTS; i++) {
        int supervisor = find_supervisor(&o, &code);
        if (supervisor == -1)
            return code;
        if (is_word(&o, 0, "supervisor") && is_word(&o, 1, "stop"))
            stopping = open_supervisor(&o);
        code = run_session(&o, supervisor, &unheard);
    }
    if (unheard)
        complain("supervisor at %s/%s: it does not read the command. Try again", o.run, SOCKET_NAME);
    return code == EXIT_OK ? await_stopped(&o, stopping) : code;
}
