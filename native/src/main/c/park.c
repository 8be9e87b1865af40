/*
 * A pidfd that was open when its process ended tells how it ended (PIDFD_GET_INFO); one that is opened later cannot. So
 * copies of the supervisor's are kept here, and the next supervisor asks for them.
 *
 *   supervisor                                park
 *     PARK_PUT key, pidfd     ---->
 *     PARK_DROP key           ---->
 *     PARK_LIST               ---->
 *                             <----  PARK_ITEM key, pidfd   for each
 *                             <----  PARK_END
 *     PARK_QUIT               ---->
 *
 * "READY" on standard output says that it listens. One connection at a time: a new one replaces the old one, for a new supervisor replaces the old one. Only the same user
 * is heard. Whatever is malformed ends the connection, and nothing else.
 */
#include "park.h"

#include "io.h"
#include "sockets.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { MAX_KEY = 4096, SEND_SECONDS = 10 };

struct item {
    struct item *next;
    int fd;
    uint32_t length;
    char key[];
};

struct park {
    int listener;
    int connection; /* -1 if there is none */
    struct item *items;
    bool quit;
};

static struct item **find(struct park *p, const char *key, uint32_t length)
{
    struct item **at = &p->items;

    while (*at != NULL && ((*at)->length != length || memcmp((*at)->key, key, length) != 0))
        at = &(*at)->next;
    return at;
}

static void drop(struct park *p, const char *key, uint32_t length)
{
    struct item **at = find(p, key, length);
    struct item *item = *at;

    if (item == NULL)
        return;
    *at = item->next;
    close_fd(&item->fd);
    free(item);
}

/* Takes FD over. False without memory; FD is then still the caller's. */
static bool put(struct park *p, const char *key, uint32_t length, int fd)
{
    struct item *item = malloc(sizeof *item + length);

    if (item == NULL)
        return false;
    drop(p, key, length);
    item->fd = fd;
    item->length = length;
    memcpy(item->key, key, length);
    item->next = p->items;
    p->items = item;
    return true;
}

static bool list(const struct park *p)
{
    char bytes[sizeof(uint32_t) + MAX_KEY];

    for (const struct item *item = p->items; item != NULL; item = item->next) {
        memcpy(bytes, &item->length, sizeof item->length);
        memcpy(bytes + sizeof item->length, item->key, item->length);
        if (!send_frame(p->connection, PARK_ITEM, bytes, sizeof item->length + item->length, item->fd))
            return false;
    }
    return send_frame(p->connection, PARK_END, NULL, 0, -1);
}

/* The key of a PUT or DROP. False if the payload is not one. */
static bool receive_key(int connection, const struct frame *frame, char *key, uint32_t *length)
{
    if (frame->length < sizeof *length || frame->length > sizeof *length + MAX_KEY)
        return false;
    return read_all(connection, length, sizeof *length) && *length == frame->length - sizeof *length &&
           read_all(connection, key, *length);
}

static bool obey(struct park *p, struct frame *frame)
{
    char key[MAX_KEY];
    uint32_t length;

    switch (frame->type) {
    case PARK_PUT:
        if (frame->fd_count != 1 || !receive_key(p->connection, frame, key, &length) ||
            !put(p, key, length, frame->fds[0]))
            return false;
        frame->fd_count = 0;
        return true;
    case PARK_DROP:
        if (!receive_key(p->connection, frame, key, &length))
            return false;
        drop(p, key, length);
        return true;
    case PARK_LIST:
        return frame->length == 0 && list(p);
    case PARK_QUIT:
        p->quit = true;
        return true;
    default:
        return false;
    }
}

static void serve_connection(struct park *p)
{
    struct frame frame;
    bool obeyed = false;

    if (receive_frame(p->connection, &frame) == RECEIVED_FRAME) {
        obeyed = obey(p, &frame);
        close_frame_fds(&frame);
    }
    if (!obeyed)
        close_fd(&p->connection);
}

static bool is_same_user(int fd)
{
    struct ucred peer;
    socklen_t length = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != -1 && peer.uid == geteuid();
}

static void accept_connection(struct park *p)
{
    /* A supervisor that stops in the middle of a frame, or reads nothing, must not keep the next one out for ever. */
    struct timeval patience = {.tv_sec = SEND_SECONDS};
    int connection = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);

    if (connection == -1)
        return;
    if (!is_same_user(connection) ||
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == -1 ||
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == -1) {
        close_fd(&connection);
        return;
    }
    close_fd(&p->connection);
    p->connection = connection;
}

static int open_listener(char *path)
{
    char *slash = strrchr(path, '/');
    const char *directory_path = slash == NULL ? "." : slash == path ? "/" : path;
    const char *name = slash == NULL ? path : slash + 1;
    int directory;
    int listener;

    if (slash != NULL)
        *slash = '\0';
    directory = open(slash == path ? "/" : directory_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (directory == -1)
        return -1;
    listener = listen_in(directory, name, 4);
    close_fd(&directory);
    return listener;
}

/* Who started us waits for one line. Nothing more is ever said. */
static void say_ready(void)
{
    static const char ready[] = "READY\n";
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (!write_all(STDOUT_FILENO, ready, sizeof ready - 1) || null == -1)
        return;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    close_fd(&null);
}

int park_main(char *path)
{
    struct park p = {.connection = -1};
    char text[128];
    bool served = false;

    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_NAME, "troupe:park");
    p.listener = open_listener(path);
    if (p.listener == -1) {
        complain("park %s: %s", path, errno_text(errno, text));
        return EXIT_FAILED;
    }
    say_ready();
    while (!p.quit && (p.items != NULL || p.connection >= 0 || !served)) {
        struct pollfd polls[2] = {{.fd = p.listener, .events = POLLIN}, {.fd = p.connection, .events = POLLIN}};
        if (poll(polls, 2, -1) == -1)
            continue;
        if (polls[1].revents != 0)
            serve_connection(&p);
        if (polls[0].revents != 0)
            accept_connection(&p);
        served = served || p.connection >= 0;
    }
    return EXIT_OK;
}
