#include "sockets.h"

#include "exchange.h"
#include "io.h"
#include "step.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool address_in(int directory, const char *name, struct sockaddr_un *address)
{
    static const char prefix[] = "/proc/self/fd/";
    size_t length = sizeof prefix - 1;
    size_t name_length = strlen(name);

    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, prefix, length);
    length += decimal(directory, address->sun_path + length);
    if (length + 1 + name_length >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    address->sun_path[length] = '/';
    memcpy(address->sun_path + length + 1, name, name_length + 1);
    return true;
}

static int stream_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

int connect_in(int directory, const char *name)
{
    struct sockaddr_un address;
    int fd;

    if (!address_in(directory, name, &address))
        return -1;
    fd = stream_socket();
    if (fd != -1 && connect(fd, (const struct sockaddr *)&address, sizeof address) == -1)
        close_fd(&fd);
    return fd;
}

int listen_in(int directory, const char *name, int backlog)
{
    struct sockaddr_un address;
    mode_t mask;
    int fd;

    if (!address_in(directory, name, &address))
        return -1;
    if (unlinkat(directory, name, 0) == -1 && errno != ENOENT)
        return -1;
    fd = stream_socket();
    mask = umask(0177); /* there is no moment at which others may connect */
    if (fd != -1 && bind(fd, (const struct sockaddr *)&address, sizeof address) == -1)
        close_fd(&fd);
    umask(mask);
    if (fd != -1 && listen(fd, backlog) == -1)
        close_fd(&fd);
    return fd;
}

bool step_listen(struct context *c, const struct arg *args)
{
    int directory = open(args[0].text, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (directory == -1)
        return fail_with(c, "open(2)", NULL);
    close_fd(&c->listener);
    c->listener = listen_in(directory, args[1].text, 8);
    close_fd(&directory);
    return c->listener != -1;
}

/* A stream connection with the socket at a host path. -1 with errno, told. */
static int connect_at(struct context *c, const struct arg *at)
{
    char path[PATH_MAX];
    char *slash;
    int directory;
    int fd;

    if (at->length >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(path, at->text, at->length + 1);
    slash = strrchr(path, '/');
    if (slash == NULL) {
        errno = EINVAL;
        fail_with(c, "the path is not absolute", NULL);
        return -1;
    }
    *slash = '\0';
    directory = open(slash == path ? "/" : path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory == -1) {
        fail_with(c, "open(2)", NULL);
        return -1;
    }
    fd = connect_in(directory, slash + 1);
    if (fd == -1)
        fail_with(c, "connect(2)", NULL);
    close_fd(&directory);
    return fd;
}

bool step_connect_console(struct context *c, const struct arg *args)
{
    c->console = connect_at(c, &args[0]);
    return c->console != -1;
}

bool step_send_pidfd(struct context *c, const struct arg *args)
{
    int receiver = connect_at(c, &args[0]);
    bool sent;

    if (receiver == -1)
        return false;
    sent = send_bytes(receiver, args[1].text, args[1].length, c->pidfd) || fail_with(c, "sendmsg(2)", NULL);
    close_fd(&receiver);
    return sent;
}

bool step_connect_agent(struct context *c, const struct arg *args)
{
    int agent = connect_at(c, &args[0]);
    bool handed = agent != -1 && hand_over(c, agent);

    close_fd(&agent);
    return handed;
}
