/*
 * What a program gets that is to speak with the supervisor: a socket, and open files under numbers that it is told. And
 * what the caller gets who waits for such a program.
 */
#include "exchange.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Gives the open file FD the number NUMBER, for the program. Nothing of the launcher's may have it. */
static bool keep_as(int fd, int number)
{
    if (fcntl(number, F_GETFD) != -1) {
        errno = EBUSY;
        return false;
    }
    return dup2(fd, number) != -1;
}

/* One end for the program, whose pid SO_PEERCRED shows at both; the other goes to the client, and on to the supervisor. */
bool step_channel(struct context *c, const struct arg *args)
{
    unsigned char word = MESSAGE_CHANNEL;
    int ends[2];
    bool done;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
        return fail_with(c, "socketpair(2)", NULL);
    done = keep_as(ends[0], (int)args[0].number) && send_bytes(c->pair, &word, 1, ends[1]);
    close_fd(&ends[0]);
    close_fd(&ends[1]);
    return done;
}

bool step_open_as(struct context *c, const struct arg *args)
{
    int fd = open(args[0].text, O_RDONLY | O_CLOEXEC);
    bool done = fd != -1 && keep_as(fd, (int)args[1].number);

    (void)c;
    close_fd(&fd);
    return done;
}

/* As of step_passed: what is close-on-exec is this client's own. */
bool step_writable(struct context *c, const struct arg *args)
{
    int fd = (int)args[0].number;
    int mode = fcntl(fd, F_GETFL);
    int flags = fcntl(fd, F_GETFD);

    errno = EBADF;
    if (mode == -1 || flags == -1 || (flags & FD_CLOEXEC) != 0)
        return fail_with(c, "the caller has not opened it", NULL);
    if ((mode & O_PATH) != 0 || (mode & O_ACCMODE) == O_RDONLY)
        return fail_with(c, "the caller has not opened it for writing", NULL);
    return true;
}

bool step_write_zero(struct context *c, const struct arg *args)
{
    int fd = (int)args[0].number;
    unsigned char zero = 0;

    (void)c;
    if (!write_all(fd, &zero, sizeof zero))
        return false;
    return fd <= STDERR_FILENO || close(fd) != -1;
}
