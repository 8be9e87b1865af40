/* The container's process, and the one that joins namespaces for it: the sealed binary interpreting its part of a plan. */
#include "exchange.h"
#include "io.h"
#include "launch.h"
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int by_number(const void *a, const void *b)
{
    const int *left = a;
    const int *right = b;

    return (*left > *right) - (*left < *right);
}

/* How many descriptors from 3 on the program shall get: Step.CloseFrom says it later on. */
static unsigned preserved_fds(const struct plan *plan)
{
    struct cursor at = first_step(plan, SECTION_CHILD);
    struct step step;

    for (uint32_t i = 0; i < plan->sections[SECTION_CHILD].count && next_step(&at, &step); i++) {
        if (step.op == OP_CLOSE_FROM && step.count == 1 && step.args[0].tag == ARG_INT)
            return (unsigned)step.args[0].number;
    }
    return 0;
}

/* Closes at once what the caller left open by accident: a directory of the host would be a way out (CVE-2024-21626). */
static void close_strays(struct context *c)
{
    int ours[7 + MAX_TREES] = {c->pair, c->listener, c->target, c->cgroup, c->self, c->hook_output, c->hook_errors};
    size_t count = 7 + c->tree_count;
    unsigned next = 3U + preserved_fds(c->plan);

    memcpy(ours + 7, c->trees, c->tree_count * sizeof *c->trees);
    qsort(ours, count, sizeof *ours, by_number);
    for (size_t i = 0; i < count; i++) {
        if (ours[i] < 0)
            continue;
        fcntl(ours[i], F_SETFD, FD_CLOEXEC);
        if ((unsigned)ours[i] > next)
            close_range(next, (unsigned)ours[i] - 1, 0);
        if ((unsigned)ours[i] >= next)
            next = (unsigned)ours[i] + 1;
    }
    close_range(next, ~0U, 0);
}

/* Takes the preamble and the plan, and tidies up what this process has from its caller. */
static bool receive_plan(struct context *c, struct plan *plan)
{
    struct preamble preamble;
    unsigned char *bytes;

    if (!read_all(c->pair, &preamble, sizeof preamble))
        return false;
    bytes = mmap(NULL, preamble.plan_length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (bytes == MAP_FAILED)
        return false;
    if (!read_all(c->pair, bytes, preamble.plan_length) || !parse_plan(bytes, preamble.plan_length, plan))
        return false;
    c->plan = plan;
    c->listener = preamble.listener;
    c->target = preamble.target;
    c->self = preamble.self;
    c->cgroup = preamble.cgroup;
    c->hook_output = preamble.hook_output;
    c->hook_errors = preamble.hook_errors;
    c->tree_count = preamble.tree_count;
    memcpy(c->trees, preamble.trees, sizeof c->trees);
    c->pid = preamble.pid;
    c->mask = preamble.mask;
    return true;
}

static bool prepare(struct context *c, struct plan *plan, int pair, const char *name)
{
    init_context(c);
    c->pair = pair;
    prctl(PR_SET_NAME, name);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    reset_signals();
    umask(0);
    if (!receive_plan(c, plan))
        return false;
    close_strays(c);
    return true;
}

int child_main(int pair, bool readable)
{
    struct context c;
    struct plan plan;

    if (!readable)
        prctl(PR_SET_DUMPABLE, 0);
    if (!prepare(&c, &plan, pair, "troupe:init"))
        return EXIT_FAILED; /* the client is gone, or sees that this has ended */
    close_fd(&c.self);
    close_fd(&c.cgroup);
    (void)run_section(&c, SECTION_CHILD);
    report_failure(&c);
    return EXIT_FAILED;
}

/* Tells the client the pid of the process it has become the parent of. */
static bool send_pid(struct context *c, pid_t pid, int pidfd)
{
    unsigned char message[1 + sizeof pid] = {MESSAGE_PID};

    memcpy(message + 1, &pid, sizeof pid);
    return send_bytes(c->pair, message, sizeof message, pidfd);
}

int join_main(int pair)
{
    struct context c;
    struct plan plan;
    int pidfd = -1;
    pid_t pid = -1;

    prctl(PR_SET_DUMPABLE, 0); /* whoever shares a namespace with it may not look into it */
    if (!prepare(&c, &plan, pair, "troupe:join"))
        return EXIT_FAILED; /* the client is gone, or sees that this has ended */
    if (run_section(&c, SECTION_JOIN)) {
        if (!plan.clones)
            return step_tell(&c, NULL) ? EXIT_OK : EXIT_FAILED;
        fail_with(&c, "clone3(2)", NULL);
        pid = clone_sealed(&c, plan.clone_flags | CLONE_PARENT, NAME_OF_CHILD, pair, &pidfd);
        c.failure.number = errno;
    }
    if (pid == -1) {
        report_failure(&c);
        return EXIT_FAILED;
    }
    return send_pid(&c, pid, pidfd) ? EXIT_OK : EXIT_FAILED;
}
