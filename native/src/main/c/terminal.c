#include "terminal.h"

#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* More than a pty can hold, so that what is drained ends even if something still writes. */
enum { MOST_DRAINED = 1024 * 1024 };

void open_terminal(struct terminal *t, int master)
{
    struct termios raw;

    t->master = master;
    t->input_open = true;
    t->in.start = t->in.end = t->out.start = t->out.end = 0;
    fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
    resize_terminal(t);
    t->raw = tcgetattr(STDIN_FILENO, &t->saved) != -1;
    if (!t->raw)
        return;
    raw = t->saved;
    cfmakeraw(&raw);
    t->raw = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != -1;
}

void resize_terminal(const struct terminal *t)
{
    struct winsize size;

    if (t->master < 0 || ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == -1)
        return;
    if (size.ws_row > 0 && size.ws_col > 0) /* else nobody set one: the configured size stays */
        ioctl(t->master, TIOCSWINSZ, &size);
}

static bool is_empty(const struct relay *r)
{
    return r->start == r->end;
}

void prepare_terminal(const struct terminal *t, struct pollfd *polls)
{
    bool wants_input = t->master >= 0 && t->input_open && is_empty(&t->in);
    bool wants_output = t->master >= 0 && is_empty(&t->out);

    polls[0] = (struct pollfd){.fd = wants_input ? STDIN_FILENO : -1, .events = POLLIN};
    polls[1] = (struct pollfd){.fd = is_empty(&t->in) ? -1 : t->master, .events = POLLOUT};
    polls[2] = (struct pollfd){.fd = wants_output ? t->master : -1, .events = POLLIN};
    polls[3] = (struct pollfd){.fd = is_empty(&t->out) ? -1 : STDOUT_FILENO, .events = POLLOUT};
}

/* False at the end of what FD gives: end of file, or an error such as EIO of a pty that nobody has open. */
static bool fill(struct relay *r, int fd)
{
    ssize_t count = read(fd, r->bytes, sizeof r->bytes);

    if (count <= 0)
        return count == -1 && (errno == EAGAIN || errno == EINTR);
    r->start = 0;
    r->end = (size_t)count;
    return true;
}

/* False if FD takes no more, ever. */
static bool empty(struct relay *r, int fd)
{
    ssize_t count = write(fd, r->bytes + r->start, r->end - r->start);

    if (count == -1)
        return errno == EAGAIN || errno == EINTR;
    r->start += (size_t)count;
    return true;
}

void serve_terminal(struct terminal *t, const struct pollfd *polls)
{
    if (polls[0].revents != 0 && !fill(&t->in, STDIN_FILENO))
        t->input_open = false;
    if (polls[1].revents != 0 && !empty(&t->in, t->master))
        t->in.start = t->in.end;
    if (polls[3].revents != 0 && !empty(&t->out, STDOUT_FILENO))
        t->out.start = t->out.end; /* nobody looks any more; the container goes on */
    if (polls[2].revents != 0 && !fill(&t->out, t->master))
        close_fd(&t->master);
}

void drain_terminal(struct terminal *t)
{
    size_t drained = 0;

    for (;;) {
        if (!is_empty(&t->out) && !write_all(STDOUT_FILENO, t->out.bytes + t->out.start, t->out.end - t->out.start))
            return;
        drained += t->out.end - t->out.start;
        t->out.start = t->out.end = 0;
        if (t->master < 0 || drained > MOST_DRAINED || !fill(&t->out, t->master) || is_empty(&t->out))
            return;
    }
}

void close_terminal(struct terminal *t)
{
    if (t->raw)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &t->saved);
    t->raw = false;
    close_fd(&t->master);
}
