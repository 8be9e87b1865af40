/* OCI hooks (config.md, "POSIX-platform Hooks"): a program that gets the container's state and must end well. */
#include "exchange.h"
#include "io.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HELPER_MILLIS = 10000 };

/* A pipe is full with 64 KiB: what is still written after so much was read is no longer the hook's. */
enum { MOST_CHUNKS = 32, KEPT = 400 };

/* The end of what a hook writes: it belongs to the message if the hook fails, and is nobody's business if not. */
struct words {
    int fd;        /* our end of the pipe, not blocking; -1 once there is no more to come */
    size_t length; /* of what is kept */
    char kept[KEPT + 1];
};

struct hook {
    char *const *argv;
    char *const *envp;
    const char *path;
    int input;
    int output;
    int errors;
    int report; /* errno of an execve(2) that failed; closes when it does not */
    mode_t mask;
};

/* The state as a file: the hook may read it or not, and at any pace. */
static int state_file(struct context *c, const struct arg *args)
{
    char pid[24];
    size_t length = decimal(args[7].number != 0 ? args[7].number : c->pid, pid);
    int fd = memfd_create("state", MFD_CLOEXEC);

    if (fd == -1)
        return -1;
    if (!write_all(fd, args[5].text, args[5].length) || !write_all(fd, pid, length) ||
        !write_all(fd, args[6].text, args[6].length) || lseek(fd, 0, SEEK_SET) == -1)
        close_fd(&fd);
    return fd;
}

/* In the new process: never returns. */
__attribute__((noreturn)) static void become_hook(const struct hook *hook)
{
    sigset_t none;
    int number;

    sigemptyset(&none);
    umask(hook->mask);
    if (dup2(hook->input, STDIN_FILENO) != -1 && dup2(hook->output, STDOUT_FILENO) != -1 &&
        dup2(hook->errors, STDERR_FILENO) != -1 && close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != -1 &&
        sigprocmask(SIG_SETMASK, &none, NULL) != -1)
        execve(hook->path, hook->argv, hook->envp);
    number = errno;
    (void)write_all(hook->report, &number, sizeof number); /* if this fails, the exit status has to do */
    _exit(EXIT_FAILED);
}

static bool open_words(struct words *words, int *theirs)
{
    int ends[2];

    words->fd = -1;
    words->length = 0;
    words->kept[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) == -1)
        return false;
    words->fd = ends[0];
    *theirs = ends[1];
    return fcntl(ends[0], F_SETFL, O_NONBLOCK) != -1;
}

static void keep(struct words *words, const char *chunk, size_t count)
{
    size_t added = count < KEPT ? count : KEPT;
    size_t stays = words->length + added <= KEPT ? words->length : KEPT - added;

    memmove(words->kept, words->kept + words->length - stays, stays);
    memcpy(words->kept + stays, chunk + count - added, added);
    words->length = stays + added;
    words->kept[words->length] = '\0';
}

/* Takes what is there. False if there is nothing now. */
static bool take_words(struct words *words)
{
    char chunk[PIPE_BUF];
    ssize_t count = words->fd < 0 ? 0 : read(words->fd, chunk, sizeof chunk);

    if (count > 0)
        keep(words, chunk, (size_t)count);
    else if (count == 0 || (errno != EAGAIN && errno != EINTR))
        close_fd(&words->fd);
    return count > 0;
}

/* The rest, once the hook has ended; who has its descriptors still does not matter. */
static void hear_out(struct words *words)
{
    for (int i = 0; i < MOST_CHUNKS && take_words(words); i++)
        ;
    close_fd(&words->fd);
}

/* Starts it and waits until it executes its program. A pidfd, or -1 with errno. */
static int start_hook(struct hook *hook)
{
    int ends[2];
    int number = 0;
    int pidfd = -1;
    pid_t pid;
    ssize_t count;

    if (pipe2(ends, O_CLOEXEC) == -1)
        return -1;
    hook->report = ends[1];
    pid = fork();
    if (pid == 0)
        become_hook(hook);
    close_fd(&ends[1]);
    if (pid != -1) {
        pidfd = pidfd_open(pid, 0); /* ours, and not waited for: the pid cannot be another's */
        do {
            count = read(ends[0], &number, sizeof number);
        } while (count == -1 && errno == EINTR);
        if (pidfd == -1 || count > 0) {
            number = count > 0 ? number : errno;
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
            close_fd(&pidfd);
            errno = number;
        }
    }
    close_fd(&ends[0]);
    return pidfd;
}

enum ending { ENDED, TIMED_OUT, INTERRUPTED };

/* Waits at most TIMEOUT ms (0: without end), or until a signal for this client is there. */
static enum ending await_end(struct context *c, int pidfd, int timeout, struct words *words)
{
    struct pollfd waiting[3] = {{.fd = pidfd, .events = POLLIN}, {.fd = c->signals, .events = POLLIN}, {.events = POLLIN}};
    int64_t deadline = now_millis() + timeout;

    while (!interrupted(c)) {
        int64_t left = timeout > 0 ? deadline - now_millis() : -1;
        int ready;

        waiting[2].fd = words->fd;
        ready = poll(waiting, 3, timeout > 0 && left < 0 ? 0 : (int)left);
        if (ready > 0 && waiting[0].revents != 0)
            return ENDED;
        if (ready == 0 || (timeout > 0 && left <= 0))
            return TIMED_OUT;
        if (ready > 0 && waiting[2].revents != 0)
            (void)take_words(words); /* if there is nothing, the next poll waits */
    }
    return INTERRUPTED;
}

/* Says in the detail how it ended, unless it ended well. */
static bool judge(struct context *c, const siginfo_t *info, const struct words *words)
{
    char text[64] = "exited with status ";

    errno = 0; /* the failure is not a system call's */
    if (info->si_code == CLD_EXITED && info->si_status == 0)
        return true;
    if (info->si_code != CLD_EXITED)
        strcpy(text, "killed by signal ");
    decimal(info->si_status, text + strlen(text));
    return fail_with(c, text, words->length > 0 ? words->kept : NULL);
}

static bool await_hook(struct context *c, int pidfd, int timeout, struct words *words)
{
    siginfo_t info = {0};
    char text[80] = "ran longer than ";
    enum ending ending = await_end(c, pidfd, timeout, words);

    if (ending != ENDED)
        pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
    while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) == -1) {
        if (errno != EINTR)
            return false;
    }
    hear_out(words);
    errno = ending == INTERRUPTED ? EINTR : 0;
    if (ending == INTERRUPTED)
        return fail_with(c, "interrupted", NULL);
    if (ending == ENDED)
        return judge(c, &info, words);
    decimal(timeout, text + strlen(text));
    strcat(text, " ms and was killed");
    return fail_with(c, text, words->length > 0 ? words->kept : NULL);
}

/* Runs it to its end. */
static bool run_program(struct context *c, struct hook *hook, int timeout, const char *what)
{
    struct words words;
    int theirs = -1;
    int pidfd = -1;
    bool done = false;

    if (open_words(&words, &theirs)) {
        hook->output = hook->output < 0 ? theirs : hook->output;
        hook->errors = hook->errors < 0 ? theirs : hook->errors;
        pidfd = start_hook(hook);
        close_fd(&theirs);
    }
    if (pidfd != -1)
        done = await_hook(c, pidfd, timeout, &words);
    else if (what != NULL)
        fail_with(c, what, NULL);
    close_fd(&pidfd);
    close_fd(&words.fd);
    return done;
}

static bool run_hook(struct context *c, const struct arg *args)
{
    char *alone[] = {(char *)(uintptr_t)args[1].text, NULL};
    char **argv = list_pointers(&args[2]);
    char **envp = list_pointers(&args[3]);
    struct hook hook = {.path = args[1].text, .mask = c->mask, .input = -1, .report = -1};
    bool done = false;

    if (argv == NULL || envp == NULL)
        goto out;
    hook.argv = args[2].length > 0 ? argv : alone;
    hook.envp = envp;
    hook.input = state_file(c, args);
    hook.output = c->hook_output;
    hook.errors = c->hook_errors;
    if (hook.input != -1)
        done = run_program(c, &hook, (int)args[4].number, NULL);

out: /* the one way out */
    close_fd(&hook.input);
    free(argv);
    free(envp);
    return done;
}

/* newuidmap(1) or newgidmap(1): WORDS with the process's pid in place of the second. */
static bool run_helper(struct context *c, const struct arg *words)
{
    char pid[24];
    char *none[] = {NULL};
    char **argv = list_pointers(words);
    struct hook hook = {.argv = argv, .envp = none, .mask = c->mask, .input = -1, .output = -1, .errors = -1};
    bool done = false;

    if (argv == NULL)
        return false;
    decimal(c->pid, pid);
    argv[1] = pid;
    hook.path = argv[0];
    hook.input = memfd_create("nothing", MFD_CLOEXEC);
    if (hook.input != -1)
        done = run_program(c, &hook, HELPER_MILLIS, argv[0]);
    else
        fail_with(c, argv[0], NULL);
    close_fd(&hook.input);
    free(argv);
    return done;
}

bool step_map_ids_by_helpers(struct context *c, const struct arg *args)
{
    return run_helper(c, &args[0]) && run_helper(c, &args[1]);
}

/* Tells of a hook that failed and may: to the client if this is the container's process, else to the supervisor. */
static bool warn(struct context *c)
{
    c->failure.number = errno;
    if (c->section != SECTION_CHILD)
        return send_failure(c->supervisor, FRAME_WARNING, &c->failure);
    if (c->pair < 0)
        return true; /* the client left when the container was created */
    return send_failure_word(c->pair, MESSAGE_WARNING, &c->failure);
}

bool step_hook(struct context *c, const struct arg *args)
{
    bool may_fail = args[8].number != 0;

    return run_hook(c, args) || (may_fail && errno != EINTR && warn(c));
}

/* Appends to PATH, which is made if missing; none for an empty one. A pipe that nobody reads is a failure, not a wait. */
static bool open_output(struct context *c, const struct arg *path, int *fd)
{
    if (path->length == 0)
        return true;
    *fd = open(path->text, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    return (*fd != -1 && fcntl(*fd, F_SETFL, O_APPEND) != -1) || fail_with(c, path->text, NULL);
}

bool step_hook_output(struct context *c, const struct arg *args)
{
    return open_output(c, &args[0], &c->hook_output) && open_output(c, &args[1], &c->hook_errors);
}

bool step_change_directory(struct context *c, const struct arg *args)
{
    (void)c;
    return chdir(args[0].text) != -1;
}
