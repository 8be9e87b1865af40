/* When the process gets processors and disks, and where its memory comes from (config.md, "Linux Process"). */
#include "step.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LAST_PROCESSOR = 8191, LAST_NODE = 1023 };
enum { BITS = 8 * sizeof(unsigned long) };
enum { IO_PRIORITY_OF_PROCESS = 1 }; /* IOPRIO_WHO_PROCESS of ioprio_set(2) */

/* struct sched_attr of sched_setattr(2) as of Linux 5.3; older C libraries have none. */
struct scheduling {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
    uint32_t clamp_min;
    uint32_t clamp_max;
};

bool step_io_priority(struct context *c, const struct arg *args)
{
    (void)c;
    return syscall(SYS_ioprio_set, IO_PRIORITY_OF_PROCESS, 0, (int)args[0].number) != -1;
}

bool step_scheduler(struct context *c, const struct arg *args)
{
    struct scheduling wanted = {
        .size = sizeof wanted,
        .policy = (uint32_t)args[0].number,
        .nice = (int32_t)args[1].number,
        .priority = (uint32_t)args[2].number,
        .flags = (uint64_t)args[3].number,
        .runtime = (uint64_t)args[4].number,
        .deadline = (uint64_t)args[5].number,
        .period = (uint64_t)args[6].number,
    };

    (void)c;
    return syscall(SYS_sched_setattr, 0, &wanted, 0) != -1;
}

/* Sets the bits of a list's numbers. False with EINVAL for one above LAST. */
static bool set_bits(const struct arg *list, unsigned long last, unsigned long *bits)
{
    const char *at = list->text;

    for (uint32_t i = 0; i < list->length; i++) {
        unsigned long number = strtoul(next_item(&at), NULL, 10);
        if (number > last) {
            errno = EINVAL;
            return false;
        }
        bits[number / BITS] |= 1UL << number % BITS;
    }
    return true;
}

bool step_cpu_affinity(struct context *c, const struct arg *args)
{
    unsigned long processors[(LAST_PROCESSOR + 1) / BITS] = {0};

    (void)c;
    return set_bits(&args[0], LAST_PROCESSOR, processors) &&
           syscall(SYS_sched_setaffinity, 0, sizeof processors, processors) != -1;
}

bool step_personality(struct context *c, const struct arg *args)
{
    (void)c;
    return personality((unsigned long)args[0].number) != -1;
}

bool step_memory_policy(struct context *c, const struct arg *args)
{
    unsigned long nodes[(LAST_NODE + 1) / BITS] = {0};

    (void)c;
    /* The kernel takes one bit less than it is told (set_mempolicy(2), BUGS). */
    return set_bits(&args[1], LAST_NODE, nodes) &&
           syscall(SYS_set_mempolicy, (int)args[0].number, nodes, (unsigned long)LAST_NODE + 2) != -1;
}
