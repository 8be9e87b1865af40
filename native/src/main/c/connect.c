#include "connect.h"

#include "io.h"
#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int open_run(const struct options *o)
{
    int run = open(o->run, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct stat status;

    if (run == -1 || fstat(run, &status) == -1) {
        close_fd(&run);
        return -1;
    }
    if (status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        return run;
    complain("run directory %s: it must be owned by uid %u and writable by nobody else (it is uid %u, mode %04o). "
             "Use another one with --run", o->run, geteuid(), status.st_uid, status.st_mode & 07777U);
    close_fd(&run);
    errno = 0;
    return -1;
}

/* Who listens must be us or root: the directory says so already, this is the second lock. */
static bool verify_peer(int fd)
{
    struct ucred peer;
    socklen_t length = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == -1)
        return false;
    if (peer.uid == geteuid() || peer.uid == 0)
        return true;
    errno = EPERM;
    return false;
}

static int connect_below(int run)
{
    int fd = connect_in(run, SOCKET_NAME);

    if (fd != -1 && !verify_peer(fd))
        close_fd(&fd);
    return fd;
}

int connect_supervisor(const struct options *o)
{
    int run = open_run(o);
    int fd = run == -1 ? -1 : connect_below(run);

    close_fd(&run);
    return fd;
}

/* Makes the run directory and its missing parents, 0700. */
static bool make_run(const struct options *o)
{
    char path[PATH_MAX];

    strcpy(path, o->run);
    for (char *slash = path + 1;; slash++) {
        char after;
        slash += strcspn(slash, "/");
        after = *slash;
        *slash = '\0';
        if (mkdir(path, 0700) == -1 && errno != EEXIST)
            return false;
        if (after == '\0')
            return true;
        *slash = after;
    }
}

static bool is_nobody(int number)
{
    return number == ENOENT || number == ECONNREFUSED;
}

/* Under the lock, so that of many clients at once one starts the supervisor and the others find it. */
static int start_and_connect(const struct options *o, int run)
{
    char text[128];
    int fd = -1;
    int lock = openat(run, "start.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (lock == -1 || flock(lock, LOCK_EX) == -1) {
        complain("%s/start.lock: %s", o->run, errno_text(errno, text));
        close_fd(&lock);
        return -1;
    }
    fd = connect_below(run);
    if (fd != -1)
        goto out;
    if (!is_nobody(errno)) {
        complain("supervisor at %s/%s: connect(2): %s", o->run, SOCKET_NAME, errno_text(errno, text));
        goto out;
    }
    if (!start_supervisor(o, run))
        goto out;
    fd = connect_below(run);
    if (fd == -1)
        complain("supervisor at %s/%s: it was started, but connect(2): %s", o->run, SOCKET_NAME,
                 errno_text(errno, text));

out: /* the one way out once the lock is held */
    close_fd(&lock);
    return fd;
}

int reach_supervisor(const struct options *o)
{
    char text[128];
    int run;
    int fd = connect_supervisor(o);

    if (fd != -1 || errno == 0)
        return fd;
    if (!is_nobody(errno)) {
        complain("supervisor at %s/%s: connect(2): %s", o->run, SOCKET_NAME, errno_text(errno, text));
        return -1;
    }
    if (!make_run(o)) {
        complain("run directory %s: mkdir(2): %s. Use another one with --run", o->run, errno_text(errno, text));
        return -1;
    }
    run = open_run(o);
    if (run == -1) {
        if (errno != 0)
            complain("run directory %s: open(2): %s", o->run, errno_text(errno, text));
        return -1;
    }
    fd = start_and_connect(o, run);
    close_fd(&run);
    return fd;
}
