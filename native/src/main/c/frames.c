/* What the supervisor sends. */
#include "exchange.h"
#include "io.h"
#include "launch.h"
#include "session.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

static bool receive_payload(const struct session *s, void *bytes, size_t length)
{
    unsigned fds;

    return length == 0 || receive_bytes(s->supervisor, bytes, length, NULL, 0, &fds) == RECEIVED_FRAME;
}

/* Writes the payload to standard output or error, piece by piece. */
static bool take_output(struct session *s, uint32_t length, int fd)
{
    char bytes[16 * 1024];

    while (length > 0) {
        size_t piece = length < sizeof bytes ? length : sizeof bytes;
        if (!receive_payload(s, bytes, piece))
            return false;
        if (!write_all(fd, bytes, piece)) {
            char text[128];
            if (errno != EPIPE)
                complain("standard %s: write(2): %s", fd == STDOUT_FILENO ? "output" : "error", errno_text(errno, text));
            finish(s, errno == EPIPE ? EXIT_SIGNALLED + SIGPIPE : EXIT_FAILED);
            return true;
        }
        length -= (uint32_t)piece;
    }
    return true;
}

static bool take_exit(struct session *s, uint32_t length)
{
    uint32_t code;

    if (length != sizeof code || !receive_payload(s, &code, sizeof code))
        return false;
    finish(s, (int)(code & 0xff));
    return true;
}

static bool take_adoption(struct session *s, uint32_t length)
{
    unsigned char word = 'A';

    if (length > MAX_ID || !receive_payload(s, s->id, length))
        return false;
    s->id[length] = '\0';
    if (!s->launched)
        return true; /* it crossed our news that the launch failed */
    s->launch.adopted = true;
    if (s->launch.pair >= 0)
        (void)send_bytes(s->launch.pair, &word, 1, -1); /* if it is dead, its end shows at the next poll */
    return true;
}

/* The process that the plan's program has made comes in the program's place, if it is our child. */
static bool take_heir(struct session *s, uint32_t length)
{
    struct context *c = &s->launch;
    siginfo_t info;
    int32_t pid;
    int pidfd;

    if (length != sizeof pid || !s->launched || s->maker >= 0 || !receive_payload(s, &pid, sizeof pid))
        return false;
    pidfd = pidfd_open(pid, 0);
    if (pidfd == -1 || waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG | WNOWAIT) == -1) {
        c->failure.section = SECTION_CHILD;
        c->failure.index = c->plan->sections[SECTION_CHILD].count;
        c->failure.number = errno;
        fail_with(c, "the process that was made", NULL);
        close_fd(&pidfd);
        end_process(c);
        send_launch_failure(s);
        return true;
    }
    s->maker = c->pidfd;
    c->pid = pid;
    c->pidfd = pidfd;
    c->dead = c->adopted = false;
    (void)send_frame(s->supervisor, FRAME_PID, &pid, sizeof pid, pidfd); /* its end shows at the next poll */
    return true;
}

static bool take_master_of(struct session *s, struct frame *frame)
{
    struct context *c = &s->launch;
    char name[64];
    int master;

    if (frame->fd_count != 1 || frame->length >= sizeof name || !receive_payload(s, name, frame->length))
        return false;
    name[frame->length] = '\0';
    master = frame->fds[0];
    frame->fd_count = 0; /* it is the context's, or the console socket's */
    if (!give_master(c, name, master))
        return false;
    if (c->master >= 0 && (s->plan.flags & PLAN_LOCAL_TERMINAL) != 0) {
        open_terminal(&s->terminal, c->master);
        c->master = -1;
    }
    return true;
}

/* The command is for the supervisor that comes after this one. */
static bool take_leaving(struct session *s, uint32_t length)
{
    if (length != 0 || s->launched)
        return false;
    s->unheard = true;
    finish(s, EXIT_FAILED);
    return true;
}

/* What the client needs to go on after a launch that succeeded. */
static void follow_process(struct session *s)
{
    struct context *c = &s->launch;

    s->launched = true;
    s->foreground = (s->plan.flags & PLAN_FOREGROUND) != 0;
    s->gated = c->listener >= 0;
    close_fd(&c->listener);
    if (c->master >= 0 && (s->plan.flags & PLAN_LOCAL_TERMINAL) != 0) {
        open_terminal(&s->terminal, c->master);
        c->master = -1;
    }
}

/* The context has them from here on. */
static void take_descriptors(struct context *c, struct frame *frame)
{
    c->self = frame->fd_count > 0 ? frame->fds[0] : -1;
    c->target = frame->fd_count > 1 ? frame->fds[1] : -1;
    frame->fd_count = 0;
}

/* A plan beside the session's process, with a context of its own. */
struct aside {
    struct plan plan;
    struct context context;
};

static bool carry_out_aside(struct session *s, struct aside *aside, struct frame *frame, const unsigned char *bytes)
{
    struct context *c = &aside->context;

    if (aside->plan.clones)
        return false;
    take_descriptors(c, frame);
    c->plan = &aside->plan;
    c->supervisor = s->supervisor;
    c->signals = s->launch.signals;
    if (!launch(c, bytes, frame->length))
        (void)send_failure(s->supervisor, FRAME_FAILED, &c->failure); /* its end shows at the next poll */
    if (c->interrupted_by != 0)
        s->launch.interrupted_by = c->interrupted_by;
    s->deadline = now_millis() + EXIT_MILLIS;
    return true;
}

/* Poststart and poststop hooks of run: the session has, or had, a process already, and the plan makes none. */
static bool take_plan_aside(struct session *s, struct frame *frame)
{
    struct aside *aside = malloc(sizeof *aside);
    unsigned char *bytes = malloc(frame->length == 0 ? 1 : frame->length);
    bool done = false;

    if (aside != NULL && bytes != NULL && receive_payload(s, bytes, frame->length) &&
        parse_plan(bytes, frame->length, &aside->plan)) {
        init_context(&aside->context);
        done = carry_out_aside(s, aside, frame, bytes);
    }
    free(bytes);
    free(aside);
    return done;
}

static bool take_launch(struct session *s, struct frame *frame)
{
    struct context *c = &s->launch;

    if (s->plan_bytes != NULL)
        return take_plan_aside(s, frame);
    if (frame->fd_count < 1)
        return false;
    s->plan_bytes = malloc(frame->length == 0 ? 1 : frame->length);
    if (s->plan_bytes == NULL || !receive_payload(s, s->plan_bytes, frame->length) ||
        !parse_plan(s->plan_bytes, frame->length, &s->plan))
        return false;
    c->plan = &s->plan;
    c->supervisor = s->supervisor;
    take_descriptors(c, frame);
    if (!launch(c, s->plan_bytes, frame->length))
        send_launch_failure(s);
    else if (s->plan.clones)
        follow_process(s);
    if (!s->launched) { /* another plan may come */
        free(s->plan_bytes);
        s->plan_bytes = NULL;
    }
    return true;
}

static bool obey(struct session *s, struct frame *frame)
{
    if (frame->length > MAX_FRAME_TO_CLIENT)
        return false;
    switch (frame->type) {
    case FRAME_OUT:
        return take_output(s, frame->length, STDOUT_FILENO);
    case FRAME_ERR:
        return take_output(s, frame->length, STDERR_FILENO);
    case FRAME_EXIT:
        return take_exit(s, frame->length);
    case FRAME_LAUNCH:
        return take_launch(s, frame);
    case FRAME_ADOPT:
        return take_adoption(s, frame->length);
    case FRAME_HEIR:
        return take_heir(s, frame->length);
    case FRAME_MASTER:
        return take_master_of(s, frame);
    case FRAME_LEAVING:
        return take_leaving(s, frame->length);
    default:
        return false;
    }
}

/* The supervisor is gone. A process that it has adopted goes on, and in the foreground so do we. */
static void lose_supervisor(struct session *s)
{
    close_fd(&s->supervisor);
    if (s->ended && s->started)
        s->orphaned = true;
    if (s->launched && s->launch.adopted && s->foreground)
        return;
    if (s->launched && s->launch.adopted)
        complain("the supervisor ended before it confirmed the command. See \"troupe state\" and \"troupe history\"");
    else if (s->launched)
        complain("the supervisor ended before the container was recorded. It was not started; try again");
    else
        complain("the supervisor ended before it answered. Try again");
    finish(s, EXIT_FAILED);
}

void take_frame(struct session *s)
{
    struct frame frame;
    bool obeyed;

    errno = 0;
    if (receive_frame(s->supervisor, &frame) != RECEIVED_FRAME) {
        /* ECONNRESET: it closed without having read all that we sent (unix(7)): it was on its way out. */
        s->unheard = !s->heard && errno == ECONNRESET;
        if (s->unheard)
            finish(s, EXIT_FAILED);
        else
            lose_supervisor(s);
        return;
    }
    s->heard = true;
    obeyed = obey(s, &frame);
    close_frame_fds(&frame);
    if (!obeyed)
        lose_supervisor(s); /* what it says makes no sense: as good as gone */
}
