#include "signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

int open_signals(void)
{
    sigset_t set;
    int fd;

    sigfillset(&set);
    sigdelset(&set, SIGTTIN);
    sigdelset(&set, SIGTTOU);
    sigdelset(&set, SIGTSTP);
    sigdelset(&set, SIGCONT);
    sigdelset(&set, SIGCHLD);
    if (sigprocmask(SIG_SETMASK, &set, NULL) == -1)
        return -1;
    sigdelset(&set, SIGPIPE);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd;
}

int next_signal(int signals)
{
    struct signalfd_siginfo info;

    return read(signals, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

bool ends_client(int signal)
{
    return signal == SIGINT || signal == SIGTERM || signal == SIGHUP || signal == SIGQUIT;
}

bool interrupted(struct context *c)
{
    int signal = c->signals < 0 || c->interrupted_by != 0 ? 0 : next_signal(c->signals);

    while (signal != 0) {
        if (ends_client(signal)) {
            c->interrupted_by = signal;
            break;
        }
        signal = next_signal(c->signals);
    }
    return c->interrupted_by != 0;
}

void reset_signals(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int signal = 1; signal <= SIGRTMAX; signal++) {
        if (signal != SIGKILL && signal != SIGSTOP)
            (void)sigaction(signal, &action, NULL); /* EINVAL for the two that the C library keeps */
    }
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}
