/*
 * Times commands as whole processes: measure [-n ROUNDS] [-w WARMUPS] [-b BUNDLE] [-p PID_FILE] < COMMANDS
 *
 * One command per line, its words separated by tabs, the first two being its kind and its name; %i in a word becomes a
 * number that no other round uses. Kinds:
 *   run    the words are a command line; timed from vfork to the end of the process
 *   cycle  the words begin a runtime's command line: `create --bundle BUNDLE --pid-file PID_FILE ID`, `start ID`, waiting
 *          for the container's process, `delete ID`; timed together. The wait is the same for every runtime: we are its
 *          subreaper, so a pidfd of the pid in PID_FILE tells its end, and we reap it before delete, as conmon does.
 *   cold   the second word is a runtime; `RUNTIME supervisor stop`, not timed, then the words as a run
 * Rounds go A B C A B C, so that a busy moment of the machine hits all alike. Commands get /dev/null and keep standard
 * error; one that ends with another status than 0 counts as failed and its time is dropped.
 *
 * Prints per command, separated by tabs: name, rounds that worked, minimum, median, 99th percentile (microseconds),
 * highest resident set of one of its processes (KiB, as wait4(2) gives it), failures.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_COMMANDS = 24, MAX_WORDS = 32, LINE_SIZE = 4096, MAX_ROUNDS = 100000 };

enum kind { KIND_RUN, KIND_CYCLE, KIND_COLD };

struct command {
    enum kind kind;
    char *words[MAX_WORDS]; /* name, then the command line, then NULL */
    double *times;          /* microseconds, of the rounds that worked */
    int worked;
    int failed;
    long peak_kib;
};

struct settings {
    int rounds;
    int warmups;
    char *bundle;
    char *pid_file;
};

extern char **environ;

_Noreturn static void die(const char *what)
{
    fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Runs ARGV to its end. Says whether it ended with 0; raises *PEAK_KIB to its resident set. */
static bool spawn_and_wait(char **argv, long *peak_kib)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    pid_t pid;
    int status;
    int number;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    number = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (number != 0) {
        errno = number;
        die(argv[0]);
    }
    if (wait4(pid, &status, 0, &usage) == -1)
        die("wait4");
    if (usage.ru_maxrss > *peak_kib)
        *peak_kib = usage.ru_maxrss;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Replaces %i in WORD by ROUND, into BUFFER if there is any. */
static char *numbered(char *word, int round, char *buffer, size_t size)
{
    char *mark = strstr(word, "%i");

    if (mark == NULL)
        return word;
    snprintf(buffer, size, "%.*s%d-%d%s", (int)(mark - word), word, (int)getpid(), round, mark + 2);
    return buffer;
}

static bool run_words(char **words, int round, long *peak_kib)
{
    char buffers[MAX_WORDS][256];
    char *argv[MAX_WORDS + 1];
    int count = 0;

    for (; words[count] != NULL; count++)
        argv[count] = numbered(words[count], round, buffers[count], sizeof buffers[count]);
    argv[count] = NULL;
    return spawn_and_wait(argv, peak_kib);
}

static bool call_runtime(const struct command *c, char **tail, long *peak_kib)
{
    char *argv[MAX_WORDS * 2];
    int count = 0;

    for (int i = 1; c->words[i] != NULL; i++)
        argv[count++] = c->words[i];
    for (int i = 0; tail[i] != NULL; i++)
        argv[count++] = tail[i];
    argv[count] = NULL;
    return spawn_and_wait(argv, peak_kib);
}

/* Opens the process whose pid the runtime wrote; -1 if there is none. */
static int open_process(const struct settings *s, pid_t *pid)
{
    FILE *file = fopen(s->pid_file, "re");
    int number = 0;

    if (file == NULL)
        return -1;
    if (fscanf(file, "%d", &number) != 1)
        number = 0;
    fclose(file);
    *pid = number;
    return number > 0 ? (int)syscall(SYS_pidfd_open, number, 0) : -1;
}

static bool await_end(int pidfd, pid_t pid)
{
    struct pollfd one = {.fd = pidfd, .events = POLLIN};
    bool ended = poll(&one, 1, 20000) == 1;

    close(pidfd);
    if (ended)
        waitpid(pid, NULL, 0);
    return ended;
}

static bool cycle(struct command *c, const struct settings *s, int round)
{
    char id[64];
    char *create[] = {"create", "--bundle", s->bundle, "--pid-file", s->pid_file, id, NULL};
    char *start[] = {"start", id, NULL};
    char *delete[] = {"delete", id, NULL};
    pid_t pid;
    int pidfd;

    snprintf(id, sizeof id, "cycle-%d-%d", (int)getpid(), round);
    if (!call_runtime(c, create, &c->peak_kib))
        return false;
    pidfd = open_process(s, &pid);
    if (pidfd == -1 || !call_runtime(c, start, &c->peak_kib))
        return false;
    if (!await_end(pidfd, pid))
        return false;
    return call_runtime(c, delete, &c->peak_kib);
}

static void one_round(struct command *c, const struct settings *s, int round, bool counts)
{
    char *stop[] = {c->words[1], "supervisor", "stop", NULL};
    double begin;
    double took;
    bool worked;

    if (c->kind == KIND_COLD && !spawn_and_wait(stop, &(long){0}))
        fprintf(stderr, "measure: %s supervisor stop failed\n", c->words[1]);
    begin = now_us();
    if (c->kind == KIND_CYCLE)
        worked = cycle(c, s, round);
    else
        worked = run_words(c->words + 1, round, &c->peak_kib);
    took = now_us() - begin;
    if (!worked)
        c->failed++;
    else if (counts)
        c->times[c->worked++] = took;
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

static void print(const struct command *c)
{
    int n = c->worked;

    if (n == 0) {
        printf("%s\t0\t-\t-\t-\t%ld\t%d\n", c->words[0], c->peak_kib, c->failed);
        return;
    }
    qsort(c->times, (size_t)n, sizeof *c->times, ascending);
    printf("%s\t%d\t%.0f\t%.0f\t%.0f\t%ld\t%d\n", c->words[0], n, c->times[0], c->times[n / 2],
           c->times[n * 99 / 100], c->peak_kib, c->failed);
}

static enum kind kind_of(const char *word)
{
    if (strcmp(word, "cycle") == 0)
        return KIND_CYCLE;
    if (strcmp(word, "cold") == 0)
        return KIND_COLD;
    return KIND_RUN;
}

static bool read_command(struct command *c, int rounds)
{
    char line[LINE_SIZE];
    char *rest;
    char *word;
    int count = 0;

    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    line[strcspn(line, "\n")] = '\0';
    rest = strdup(line);
    *c = (struct command){.kind = kind_of(strsep(&rest, "\t")), .times = calloc((size_t)rounds, sizeof(double))};
    while ((word = strsep(&rest, "\t")) != NULL && count < MAX_WORDS - 1)
        c->words[count++] = word;
    if (count < 2 || c->times == NULL) {
        errno = EINVAL;
        die(line);
    }
    return true;
}

static struct settings read_settings(int argc, char **argv)
{
    struct settings s = {.rounds = 100, .warmups = 3, .bundle = ".", .pid_file = "pid"};
    int option;

    while ((option = getopt(argc, argv, "n:w:b:p:")) != -1) {
        switch (option) {
        case 'n': s.rounds = atoi(optarg); break;
        case 'w': s.warmups = atoi(optarg); break;
        case 'b': s.bundle = optarg; break;
        case 'p': s.pid_file = optarg; break;
        default: exit(2);
        }
    }
    if (s.rounds < 1 || s.rounds > MAX_ROUNDS)
        exit(2);
    return s;
}

int main(int argc, char **argv)
{
    struct settings s = read_settings(argc, argv);
    struct command commands[MAX_COMMANDS];
    int count = 0;

    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == -1)
        die("prctl");
    while (count < MAX_COMMANDS && read_command(&commands[count], s.rounds))
        count++;
    for (int round = 0; round < s.warmups + s.rounds; round++) {
        for (int i = 0; i < count; i++)
            one_round(&commands[i], &s, round, round >= s.warmups);
    }
    for (int i = 0; i < count; i++)
        print(&commands[i]);
    return 0;
}
