#include "hello.h"

#include "wire.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool matters(const char *variable)
{
    static const char *const names[] = {"HOME=", "PATH=", "TERM=", "LANG=", "XDG_RUNTIME_DIR=", "NOTIFY_SOCKET=",
                                        "LISTEN_FDS=", "LISTEN_PID=", "LISTEN_FDNAMES=",
                                        "RUN_OCI_SECCOMP_RECEIVER=", "TROUPE_"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strncmp(variable, names[i], strlen(names[i])) == 0)
            return true;
    }
    return false;
}

static void put_environment(struct writer *w)
{
    uint32_t count = 0;

    for (char **variable = environ; *variable != NULL; variable++)
        count += matters(*variable) ? 1 : 0;
    put_u32(w, count);
    for (char **variable = environ; *variable != NULL; variable++) {
        if (matters(*variable))
            put_string(w, *variable);
    }
}

/* Which of descriptors 0 to 2 are terminals, and the size of the first that is one. */
static void put_terminals(struct writer *w)
{
    struct winsize size = {0};
    uint32_t terminals = 0;

    for (int fd = 0; fd < 3; fd++) {
        struct winsize found;
        if (ioctl(fd, TIOCGWINSZ, &found) == -1)
            continue;
        if (terminals == 0)
            size = found;
        terminals |= 1U << fd;
    }
    put_u32(w, terminals);
    put_u16(w, size.ws_row);
    put_u16(w, size.ws_col);
}

/* 0 without a /proc. */
static uint64_t namespace_inode(const char *link)
{
    struct stat status;

    return stat(link, &status) == -1 ? 0 : status.st_ino;
}

bool send_hello(int supervisor, int argc, char **argv)
{
    struct writer w = {0};
    char cwd[PATH_MAX];
    bool sent = false;

    put_u32(&w, PROTOCOL_VERSION);
    put_u32(&w, (uint32_t)argc);
    for (int i = 0; i < argc; i++)
        put_string(&w, argv[i]);
    put_string(&w, getcwd(cwd, sizeof cwd) == NULL ? "" : cwd); /* it may have been removed */
    put_environment(&w);
    put_terminals(&w);
    put_u64(&w, namespace_inode("/proc/self/ns/user"));
    put_u64(&w, namespace_inode("/proc/self/ns/mnt"));
    if (w.failed)
        errno = ENOMEM;
    else if (w.length > MAX_FRAME_TO_SUPERVISOR)
        errno = E2BIG;
    else
        sent = send_frame(supervisor, FRAME_HELLO, w.bytes, w.length, -1);
    free(w.bytes);
    return sent;
}
