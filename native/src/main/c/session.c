#include "session.h"

#include "exchange.h"
#include "io.h"
#include "launch.h"
#include "signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

void open_session(struct session *s, int supervisor)
{
    memset(s, 0, offsetof(struct session, plan));
    s->supervisor = supervisor;
    s->maker = -1;
    init_context(&s->launch);
    s->launch.signals = open_signals();
    s->terminal.master = -1;
    s->terminal.raw = false;
    s->terminal.in.start = s->terminal.in.end = s->terminal.out.start = s->terminal.out.end = 0;
    s->id[0] = '\0';
}

void close_session(struct session *s)
{
    close_terminal(&s->terminal);
    close_fd(&s->supervisor);
    close_fd(&s->maker);
    close_fd(&s->launch.signals);
    free(s->plan_bytes);
}

void finish(struct session *s, int code)
{
    if (s->launched && !s->launch.adopted)
        end_process(&s->launch);
    s->finished = true;
    s->code = code;
}

void send_launch_failure(struct session *s)
{
    s->launched = false;
    if (s->supervisor >= 0)
        (void)send_failure(s->supervisor, FRAME_FAILED, &s->launch.failure); /* its end shows at the next poll */
}

/* The process ended, or failed, before its program ran. */
static void fail_process(struct session *s)
{
    close_fd(&s->launch.pair);
    if (s->launch.reported)
        end_process(&s->launch);
    else
        fail_with_end(&s->launch);
    close_terminal(&s->terminal);
    send_launch_failure(s);
}

static void tell(struct session *s, uint16_t type, const void *payload, size_t length)
{
    if (s->supervisor >= 0)
        (void)send_frame(s->supervisor, type, payload, length, -1); /* its end shows at the next poll */
}

/* The socketpair ended: the program runs, or somebody else is to start it, or the process died. */
static void take_end(struct session *s)
{
    if (s->launch.executing) {
        close_fd(&s->launch.pair);
        s->started = true;
        tell(s, FRAME_STARTED, NULL, 0);
    } else if (s->gated && s->launch.adopted) {
        close_fd(&s->launch.pair);
    } else {
        fail_process(s);
    }
}

static void take_process_message(struct session *s)
{
    switch (take_message(&s->launch)) {
    case MESSAGE_END:
        take_end(s);
        break;
    case MESSAGE_FAILED:
        fail_process(s);
        break;
    case MESSAGE_READY:
        tell(s, FRAME_READY, NULL, 0);
        break;
    case MESSAGE_MASTER:
        if (s->launch.master >= 0) {
            open_terminal(&s->terminal, s->launch.master);
            s->launch.master = -1;
        }
        break;
    case MESSAGE_TOLD:
    case MESSAGE_PID:
    case MESSAGE_WARNING:
    case MESSAGE_CHANNEL:
    case MESSAGE_ADOPTED:
    case MESSAGE_HANDED:
    case MESSAGE_EXECUTING:
        break;
    }
}

/* The foreground process has ended: everything that it wrote comes before the news. */
static void take_exit_of_process(struct session *s)
{
    int32_t status = wait_status(&s->launch);

    drain_terminal(&s->terminal);
    close_terminal(&s->terminal);
    s->status = status;
    s->ended = true;
    s->deadline = now_millis() + EXIT_MILLIS;
    tell(s, FRAME_EXITED, &status, sizeof status);
    if (s->supervisor < 0)
        s->orphaned = true;
}

/* How it ended, the supervisor hears from the program itself. */
static void bury_maker(struct session *s)
{
    siginfo_t info;

    while (waitid(P_PIDFD, (id_t)s->maker, &info, WEXITED) == -1 && errno == EINTR)
        ;
    close_fd(&s->maker);
}

static void take_signal(struct session *s, int signal)
{
    int32_t number = signal;
    bool runs = s->launched && s->foreground && s->launch.adopted && !s->ended;

    if (runs && signal == SIGWINCH && s->terminal.master >= 0) {
        resize_terminal(&s->terminal);
    } else if (runs) {
        if (signal == SIGINT && insists(&s->interrupts, s->launch.pid))
            signal = SIGKILL;
        pidfd_send_signal(s->launch.pidfd, signal, NULL, 0);
    } else if (ends_client(signal)) {
        tell(s, FRAME_HANGUP, &number, sizeof number);
        finish(s, EXIT_SIGNALLED + signal);
    }
}

enum { POLL_SUPERVISOR, POLL_SIGNALS, POLL_PAIR, POLL_PROCESS, POLL_MAKER, POLL_TERMINAL, POLLS = POLL_TERMINAL + TERMINAL_POLLS };

static void prepare_polls(const struct session *s, struct pollfd *polls)
{
    bool watches = s->foreground && s->started && !s->ended;

    polls[POLL_SUPERVISOR] = (struct pollfd){.fd = s->supervisor, .events = POLLIN};
    polls[POLL_SIGNALS] = (struct pollfd){.fd = s->launch.signals, .events = POLLIN};
    polls[POLL_PAIR] = (struct pollfd){.fd = s->launched ? s->launch.pair : -1, .events = POLLIN};
    polls[POLL_PROCESS] = (struct pollfd){.fd = watches ? s->launch.pidfd : -1, .events = POLLIN};
    polls[POLL_MAKER] = (struct pollfd){.fd = s->maker, .events = POLLIN};
    prepare_terminal(&s->terminal, polls + POLL_TERMINAL);
}

/* Serves what one poll(2) found. */
static void serve(struct session *s, const struct pollfd *polls)
{
    int signal = polls[POLL_SIGNALS].revents != 0 ? next_signal(s->launch.signals) : s->launch.interrupted_by;

    s->launch.interrupted_by = 0;
    if (signal != 0)
        take_signal(s, signal);
    if (polls[POLL_PAIR].revents != 0 && !s->finished)
        take_process_message(s);
    if (polls[POLL_MAKER].revents != 0)
        bury_maker(s);
    serve_terminal(&s->terminal, polls + POLL_TERMINAL);
    if (polls[POLL_PROCESS].revents != 0 && !s->finished)
        take_exit_of_process(s);
    if (polls[POLL_SUPERVISOR].revents != 0 && !s->finished)
        take_frame(s);
}

/* poll(2) refuses more entries than the limit of open files is (EINVAL), or the kernel has no memory. */
static void give_up(struct session *s)
{
    char text[128];

    complain("poll(2): %s. Allow more open files (ulimit -n), and try again", errno_text(errno, text));
    finish(s, EXIT_FAILED);
}

int serve_session(struct session *s)
{
    while (!s->finished && !s->orphaned) {
        struct pollfd polls[POLLS];
        int64_t left = s->ended ? s->deadline - now_millis() : -1;
        if (s->ended && left <= 0) {
            s->orphaned = true; /* it hangs: the next one shall know */
            break;
        }
        if (s->launch.interrupted_by != 0)
            left = 0;
        prepare_polls(s, polls);
        if (poll(polls, POLLS, (int)left) >= 0)
            serve(s, polls);
        else if (errno != EINTR)
            give_up(s);
    }
    close_terminal(&s->terminal);
    return s->code;
}

void await_exit(int supervisor, int millis)
{
    struct pollfd waiting = {.fd = supervisor, .events = POLLIN};
    int64_t deadline = now_millis() + millis;
    char bytes[1024];
    struct frame frame;

    while (deadline > now_millis() && poll(&waiting, 1, (int)(deadline - now_millis())) > 0) {
        if (receive_frame(supervisor, &frame) != RECEIVED_FRAME)
            return;
        close_frame_fds(&frame);
        if (frame.type == FRAME_EXIT)
            return;
        for (uint32_t left = frame.length; left > 0;) {
            size_t piece = left < sizeof bytes ? left : sizeof bytes;
            if (!read_all(supervisor, bytes, piece))
                return;
            left -= (uint32_t)piece;
        }
    }
}
