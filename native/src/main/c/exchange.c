#include "exchange.h"

#include "io.h"
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

bool send_plan(const struct context *c, const struct preamble *preamble, const unsigned char *plan)
{
    return send_bytes(c->pair, preamble, sizeof *preamble, -1) && send_bytes(c->pair, plan, preamble->plan_length, -1);
}

static bool receive_exactly(int socket, void *bytes, size_t length)
{
    unsigned fds;

    return receive_bytes(socket, bytes, length, NULL, 0, &fds) == RECEIVED_FRAME;
}

static bool receive_text(int socket, char *text, size_t room)
{
    uint32_t length;

    if (!receive_exactly(socket, &length, sizeof length) || length >= room)
        return false;
    text[length] = '\0';
    return receive_exactly(socket, text, length);
}

static bool receive_failure(int socket, struct failure *failure)
{
    uint32_t fields[3];

    if (!receive_exactly(socket, fields, sizeof fields))
        return false;
    failure->section = fields[0];
    failure->index = fields[1];
    memcpy(&failure->number, &fields[2], sizeof failure->number);
    return receive_text(socket, failure->detail, sizeof failure->detail);
}

bool give_master(struct context *c, const char *name, int master)
{
    bool given = true;

    if (c->console >= 0) {
        given = send_bytes(c->console, name, strlen(name), master);
        close_fd(&c->console);
        close_fd(&master);
    }
    c->master = master;
    return given;
}

static bool take_master(struct context *c, int master)
{
    char name[64];

    if (receive_text(c->pair, name, sizeof name) && master >= 0)
        return give_master(c, name, master);
    close_fd(&master);
    return false;
}

/* Passes the program's socket on. */
static bool take_channel(const struct context *c, int fd)
{
    bool taken = fd >= 0 && send_frame(c->supervisor, FRAME_CHANNEL, NULL, 0, fd);

    close_fd(&fd);
    return taken;
}

static bool take_pid(struct context *c, int pidfd)
{
    int32_t pid;
    bool taken = receive_exactly(c->pair, &pid, sizeof pid) && pidfd >= 0;

    c->pid = taken ? pid : 0;
    c->pidfd = pidfd;
    return taken;
}

enum message take_message(struct context *c)
{
    unsigned char type;
    int fd = -1;
    unsigned fds;
    bool taken = true;
    struct failure warning;

    if (receive_bytes(c->pair, &type, 1, &fd, 1, &fds) != RECEIVED_FRAME)
        return MESSAGE_END;
    switch (type) {
    case MESSAGE_TOLD:
        c->told++;
        break;
    case MESSAGE_PID:
        taken = take_pid(c, fd);
        break;
    case MESSAGE_MASTER:
        taken = take_master(c, fd);
        break;
    case MESSAGE_CHANNEL:
        taken = take_channel(c, fd);
        break;
    case MESSAGE_WARNING:
        taken = receive_failure(c->pair, &warning);
        if (taken)
            (void)send_failure(c->supervisor, FRAME_WARNING, &warning); /* its end shows at the next poll */
        break;
    case MESSAGE_FAILED:
        taken = receive_failure(c->pair, &c->failure);
        c->reported = taken;
        break;
    case MESSAGE_READY:
        c->ready = true;
        break;
    case MESSAGE_EXECUTING:
        c->executing = true;
        break;
    default:
        taken = false;
        break;
    }
    return taken ? (enum message)type : MESSAGE_END;
}

/* In the process: takes one byte from the client, whose end ends this process too. */
static void take_word(struct context *c)
{
    unsigned char word;

    if (!receive_exactly(c->pair, &word, 1))
        _exit(EXIT_FAILED);
    if (word == MESSAGE_TOLD)
        c->told++;
    else if (word == MESSAGE_ADOPTED)
        c->adopted = true;
}

static bool send_word(int socket, enum message word)
{
    unsigned char byte = (unsigned char)word;

    return send_bytes(socket, &byte, 1, -1);
}

bool hand_over(const struct context *c, int fd)
{
    unsigned char byte = MESSAGE_HANDED;

    return send_bytes(c->pair, &byte, 1, fd);
}

/* The client hands over in the order in which it is taken, and sends nothing else in between but what it tells. */
static bool take_handed(struct context *c, int *fd)
{
    unsigned char word = 0;
    unsigned fds = 0;

    close_fd(fd);
    while (word != MESSAGE_HANDED) {
        if (receive_bytes(c->pair, &word, 1, fd, 1, &fds) != RECEIVED_FRAME)
            _exit(EXIT_FAILED); /* the client is gone, and with it who could hear of this */
        if (word == MESSAGE_TOLD)
            c->told++;
    }
    errno = EBADF;
    return fds == 1;
}

bool step_take_tree(struct context *c, const struct arg *args)
{
    (void)args;
    return take_handed(c, &c->tree);
}

bool step_take_agent(struct context *c, const struct arg *args)
{
    (void)args;
    return take_handed(c, &c->agent);
}

bool step_tell(struct context *c, const struct arg *args)
{
    (void)args;
    return send_word(c->pair, MESSAGE_TOLD);
}

/* Waits for the process's next message. False if a signal to this client came first. */
static bool wait_for_message(struct context *c)
{
    struct pollfd waiting[2] = {{.fd = c->pair, .events = POLLIN}, {.fd = c->signals, .events = POLLIN}};

    while (!interrupted(c)) {
        if (poll(waiting, 2, -1) > 0 && waiting[0].revents != 0)
            return true;
    }
    errno = EINTR;
    return fail_with(c, "interrupted", NULL);
}

bool step_await(struct context *c, const struct arg *args)
{
    (void)args;
    while (c->told == 0) {
        enum message message;
        if (c->section == SECTION_CHILD) {
            take_word(c);
            continue;
        }
        if (!wait_for_message(c))
            return false;
        message = take_message(c);
        if (message == MESSAGE_END || message == MESSAGE_FAILED) {
            errno = ECHILD;
            return false;
        }
    }
    c->told--;
    return true;
}

/* Takes the supervisor's next frame if it says that the process is in its scope. Another is for the session to take. */
static bool take_scoped(int supervisor)
{
    struct {
        uint32_t length;
        uint16_t type;
        uint16_t fds;
    } head;
    struct frame frame;

    if (recv(supervisor, &head, sizeof head, MSG_PEEK) != (ssize_t)sizeof head || head.type != FRAME_SCOPED)
        return false;
    if (receive_frame(supervisor, &frame) != RECEIVED_FRAME)
        return false;
    close_frame_fds(&frame);
    return true;
}

bool step_await_scope(struct context *c, const struct arg *args)
{
    struct pollfd waiting[2] = {{.fd = c->supervisor, .events = POLLIN}, {.fd = c->signals, .events = POLLIN}};

    (void)args;
    while (!interrupted(c)) {
        if (poll(waiting, 2, -1) > 0 && waiting[0].revents != 0) {
            if (take_scoped(c->supervisor))
                return true;
            errno = ECANCELED;
            return fail_with(c, "the supervisor ends the launch", NULL);
        }
    }
    errno = EINTR;
    return fail_with(c, "interrupted", NULL);
}

/* Accepts connections until one says that the container shall start. */
static bool await_start(struct context *c)
{
    for (;;) {
        unsigned char word;
        int connection = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);
        if (connection == -1) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            return fail_with(c, "accept4(2)", NULL);
        }
        if (receive_exactly(connection, &word, 1) && word == START_GO) {
            c->start = connection;
            close_fd(&c->listener);
            return true;
        }
        close_fd(&connection);
    }
}

bool step_gate(struct context *c, const struct arg *args)
{
    (void)args;
    /*
     * From here on the client's end shows on the socketpair. Its death must not kill any more: once this process is
     * adopted the client may be gone before this process has read so.
     */
    prctl(PR_SET_PDEATHSIG, 0);
    if (!send_word(c->pair, MESSAGE_READY))
        _exit(EXIT_FAILED); /* the client is gone, and with it who could hear of this */
    while (!c->adopted)
        take_word(c);
    if (c->listener < 0)
        return true;
    close_fd(&c->pair);
    return await_start(c);
}

void announce(struct context *c)
{
    int hearer = c->start >= 0 ? c->start : c->pair;

    if (c->announced)
        return;
    c->announced = true;
    if (!c->umask_set)
        umask(022);
    prctl(PR_SET_PDEATHSIG, 0); /* a plan without a gate had it until here; execve(2) would keep it */
    if (hearer >= 0)
        (void)send_word(hearer, MESSAGE_EXECUTING); /* if nobody hears, the program is executed as it is: adopted */
}

void report_failure(struct context *c)
{
    int hearer = c->start >= 0 ? c->start : c->pair;

    if (hearer >= 0)
        (void)send_failure_word(hearer, MESSAGE_FAILED, &c->failure); /* whoever was to hear it is gone */
}
