/*
 * A pidfd that was open when its process ended tells how it ended (PIDFD_GET_INFO); one that is opened later cannot. So
 * copies of the supervisor's are kept here, and the next supervisor asks for them.
 *
 *   supervisor                                park
 *     PARK_HELLO              ---->
 *                             <----  PARK_WELCOME           once no other supervisor is connected
 *     PARK_LIST               ---->
 *                             <----  PARK_ITEM key, pidfd   for each
 *                             <----  PARK_END
 *     PARK_PUT key, pidfd     ---->
 *     PARK_DROP key           ---->
 *
 * "READY" on standard output says that it listens. Only the same user is heard. Who has not been welcomed is a guest: it
 * changes nothing, and nobody waits for it. Whatever is malformed ends its connection, and nothing else.
 *
 * It ends by itself when nobody can need it any more: it keeps nothing and nobody is connected; its name has gone, so
 * that no supervisor finds it; or who started it closed our standard input before a supervisor came. What has ended is
 * kept on purpose, for the next supervisor to hear how. One that is still there starts a new park when this one ends.
 */
#include "park.h"

#include "io.h"
#include "sockets.h"
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

enum { MAX_KEY = 4096, PATIENCE_SECONDS = 10, GUESTS = 8, HEAD_BYTES = 8 };

/* What is waited for; guests come behind. */
enum { POLL_LISTENER, POLL_STARTER, POLL_NAME, POLL_SUPERVISOR, POLL_GUESTS };

struct item {
    struct item *next;
    int fd;
    uint32_t length;
    char key[];
};

/* Connected, and not welcomed. */
struct guest {
    int fd;
    bool greeted; /* it said PARK_HELLO, and waits for its turn */
};

/* Descriptors are -1 where there is none. */
struct park {
    const char *path;
    dev_t device; /* of the socket's name */
    ino_t inode;
    int listener;
    int starter; /* readable when who started us is gone; closed once a supervisor has come */
    int name;    /* inotify(7) of the socket's name */
    int supervisor;
    struct guest guests[GUESTS]; /* in the order in which they came */
    int guest_count;
    struct item *items;
    bool lost; /* nobody will find us */
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
        if (!send_frame(p->supervisor, PARK_ITEM, bytes, sizeof item->length + item->length, item->fd))
            return false;
    }
    return send_frame(p->supervisor, PARK_END, NULL, 0, -1);
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
        if (frame->fd_count != 1 || !receive_key(p->supervisor, frame, key, &length) ||
            !put(p, key, length, frame->fds[0]))
            return false;
        frame->fd_count = 0;
        return true;
    case PARK_DROP:
        if (!receive_key(p->supervisor, frame, key, &length))
            return false;
        drop(p, key, length);
        return true;
    case PARK_LIST:
        return frame->length == 0 && list(p);
    default:
        return false;
    }
}

static void serve_supervisor(struct park *p)
{
    struct frame frame;
    bool obeyed = false;

    if (receive_frame(p->supervisor, &frame) == RECEIVED_FRAME) {
        obeyed = obey(p, &frame);
        close_frame_fds(&frame);
    }
    if (!obeyed)
        close_fd(&p->supervisor);
}

static void dismiss(struct park *p, int index)
{
    close_fd(&p->guests[index].fd);
    p->guest_count--;
    memmove(p->guests + index, p->guests + index + 1, (size_t)(p->guest_count - index) * sizeof *p->guests);
}

/* Makes the first guest that has greeted the supervisor, if the place is free. */
static void welcome(struct park *p)
{
    for (int i = 0; i < p->guest_count && p->supervisor == -1;) {
        if (!p->guests[i].greeted) {
            i++;
            continue;
        }
        if (send_frame(p->guests[i].fd, PARK_WELCOME, NULL, 0, -1)) {
            p->supervisor = p->guests[i].fd;
            p->guests[i].fd = -1; /* it is no guest's any more */
        }
        dismiss(p, i);
    }
}

/* Whatever comes is read at once or not at all: a guest that stops half way keeps nobody waiting. */
static void hear_guest(struct park *p, int index)
{
    static const unsigned char hello[HEAD_BYTES] = {0, 0, 0, 0, PARK_HELLO, 0, 0, 0};
    unsigned char head[HEAD_BYTES];
    struct guest *guest = &p->guests[index];

    if (!guest->greeted && recv(guest->fd, head, sizeof head, MSG_DONTWAIT) == HEAD_BYTES &&
        memcmp(head, hello, sizeof head) == 0)
        guest->greeted = true;
    else
        dismiss(p, index);
}

static bool is_same_user(int fd)
{
    struct ucred peer;
    socklen_t length = sizeof peer;

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != -1 && peer.uid == geteuid();
}

/* Who has been silent for longest makes room. */
static bool make_room(struct park *p)
{
    for (int i = 0; i < p->guest_count && p->guest_count == GUESTS; i++) {
        if (!p->guests[i].greeted)
            dismiss(p, i);
    }
    return p->guest_count < GUESTS;
}

static void accept_guest(struct park *p)
{
    /* A supervisor that stops in the middle of a frame, or reads nothing, must not keep the next one out for ever. */
    struct timeval patience = {.tv_sec = PATIENCE_SECONDS};
    int guest = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);

    if (guest == -1)
        return;
    if (!is_same_user(guest) || setsockopt(guest, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == -1 ||
        setsockopt(guest, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == -1 || !make_room(p)) {
        close_fd(&guest);
        return;
    }
    p->guests[p->guest_count++] = (struct guest){.fd = guest};
}

/* False if the socket's name is gone or another's, or its directory has another name now. */
static bool is_found(const struct park *p)
{
    struct stat status;

    return lstat(p->path, &status) == 0 && status.st_dev == p->device && status.st_ino == p->inode;
}

static void name_changed(struct park *p)
{
    _Alignas(struct inotify_event) char events[4096];

    (void)!read(p->name, events, sizeof events); /* whatever happened, only how it is now counts */
    p->lost = !is_found(p);
}

/* Where inotify(7) is used up, the park is only found out when its supervisor leaves. */
static void watch_name(struct park *p, char *path, char *slash)
{
    p->name = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    (void)inotify_add_watch(p->name, path, IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF | IN_DONT_FOLLOW);
    *slash = '\0';
    (void)inotify_add_watch(p->name, slash == path ? "/" : path, IN_MOVE_SELF | IN_DELETE_SELF | IN_ONLYDIR);
    *slash = '/';
}

/* Listens, unless another park does. False with errno, EADDRINUSE for that. */
static bool open_listener(struct park *p, char *path)
{
    char *slash = strrchr(path, '/');
    struct stat status;
    int directory;
    int other;

    errno = EINVAL;
    if (path[0] != '/')
        return false;
    *slash = '\0';
    directory = open(slash == path ? "/" : path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    *slash = '/';
    if (directory == -1)
        return false;
    other = connect_in(directory, slash + 1);
    if (other == -1)
        p->listener = listen_in(directory, slash + 1, GUESTS);
    else
        errno = EADDRINUSE;
    close_fd(&other);
    close_fd(&directory);
    if (p->listener == -1 || lstat(path, &status) == -1)
        return false;
    p->path = path;
    p->device = status.st_dev;
    p->inode = status.st_ino;
    watch_name(p, path, slash);
    errno = EADDRINUSE;
    return is_found(p); /* else another one has taken the name in between */
}

/* Who started us waits for one line. Nothing more is ever said; what is said to us is that our starter has gone. */
static void say_ready(struct park *p)
{
    static const char ready[] = "READY\n";
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    p->starter = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (!write_all(STDOUT_FILENO, ready, sizeof ready - 1) || null == -1)
        return;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(null, fd);
    close_fd(&null);
}

static void serve(struct park *p, const struct pollfd *polls, int guests)
{
    if (polls[POLL_NAME].revents != 0)
        name_changed(p);
    if (polls[POLL_SUPERVISOR].revents != 0)
        serve_supervisor(p);
    for (int i = guests - 1; i >= 0; i--) {
        if (polls[POLL_GUESTS + i].revents != 0)
            hear_guest(p, i);
    }
    welcome(p);
    if (polls[POLL_STARTER].revents != 0 || p->supervisor != -1)
        close_fd(&p->starter);
    if (polls[POLL_LISTENER].revents != 0)
        accept_guest(p);
}

static bool is_needed(const struct park *p)
{
    return !p->lost && (p->items != NULL || p->supervisor != -1 || p->guest_count > 0 || p->starter != -1);
}

/* One round: waits until something happens, and answers it. */
static void wait_and_serve(struct park *p)
{
    struct pollfd polls[POLL_GUESTS + GUESTS] = {
        [POLL_LISTENER] = {.fd = p->listener, .events = POLLIN},
        [POLL_STARTER] = {.fd = p->starter, .events = POLLIN},
        [POLL_NAME] = {.fd = p->name, .events = POLLIN},
        [POLL_SUPERVISOR] = {.fd = p->supervisor, .events = POLLIN},
    };
    int guests = p->guest_count;

    /* Of one that waits for its turn only the end is of interest. */
    for (int i = 0; i < guests; i++)
        polls[POLL_GUESTS + i] = (struct pollfd){.fd = p->guests[i].fd, .events = p->guests[i].greeted ? 0 : POLLIN};
    if (poll(polls, (nfds_t)(POLL_GUESTS + guests), -1) != -1)
        serve(p, polls, guests);
}

int park_main(char *path)
{
    struct park p = {.listener = -1, .starter = -1, .name = -1, .supervisor = -1};
    char text[128];

    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_NAME, "troupe:park");
    setsid(); /* what is typed at the supervisor's terminal is not for us; the leader of a group is apart already */
    if (!open_listener(&p, path)) {
        complain("park %s: %s", path, errno_text(errno, text));
        return EXIT_FAILED;
    }
    say_ready(&p);
    while (is_needed(&p))
        wait_and_serve(&p);
    return EXIT_OK;
}
