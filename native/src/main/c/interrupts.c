/*
 * Ctrl-C at a program in the foreground. The kernel drops what the first process of a pid namespace does not handle
 * (pid_namespaces(7)), so that who sits at the terminal could not end it: they are told so, and the third one kills.
 * A program that handles SIGINT is left to do so, however often it comes.
 */
#include "interrupts.h"

#include "io.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW_MILLIS = 5000, ENOUGH = 3 };

/* Of /proc/PID/status. Who is in so many groups that the rest does not fit is not told anything. */
enum { STATUS_SIZE = 16384 };

/* Is SIGINT in the set that the line NAME of /proc/PID/status shows? */
static bool has_interrupt(const char *status, const char *name)
{
    const char *line = strstr(status, name);

    return line != NULL && (strtoull(line + strlen(name), NULL, 16) >> (SIGINT - 1) & 1) != 0;
}

/* The last number of the line NSpid is the pid in the innermost pid namespace. */
static bool is_first(const char *status)
{
    static const char name[] = "\nNSpid:";
    const char *line = strstr(status, name);
    const char *at;
    char *end;
    long pid = 0;

    if (line == NULL)
        return false;
    at = line + strlen(name);
    for (long next = strtol(at, &end, 10); end != at && *at != '\n'; next = strtol(at, &end, 10)) {
        pid = next;
        at = end;
    }
    return pid == 1;
}

/* Would the kernel drop a SIGINT to this process? False where that cannot be seen. */
static bool drops_interrupt(pid_t pid)
{
    char path[48] = "/proc/";
    char status[STATUS_SIZE];
    size_t length = strlen(path);
    ssize_t count;
    int fd;

    length += decimal(pid, path + length);
    memcpy(path + length, "/status", sizeof "/status");
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return false;
    count = read(fd, status, sizeof status - 1);
    close_fd(&fd);
    if (count <= 0)
        return false;
    status[count] = '\0';
    if (strstr(status, "\nSigCgt:") == NULL || has_interrupt(status, "\nSigCgt:") || has_interrupt(status, "\nSigBlk:"))
        return false;
    return has_interrupt(status, "\nSigIgn:") || is_first(status);
}

bool insists(struct interrupts *i, pid_t pid)
{
    int64_t now = now_millis();

    if (i->count > 0 && now - i->last > WINDOW_MILLIS)
        i->count = 0;
    i->last = now;
    if (!drops_interrupt(pid)) {
        i->count = 0;
        return false;
    }
    i->count++;
    if (i->count == 1)
        complain("the program takes no SIGINT. Interrupt it twice more within %d s to kill it", WINDOW_MILLIS / 1000);
    else if (i->count < ENOUGH)
        complain("the program takes no SIGINT. Interrupt it once more to kill it");
    return i->count >= ENOUGH;
}
