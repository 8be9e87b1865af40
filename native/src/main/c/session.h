/* One connection with the supervisor: its frames, and the process that it has this client make. */
#ifndef TROUPE_SESSION_H
#define TROUPE_SESSION_H

#include "connect.h"
#include "interrupts.h"
#include "step.h"
#include "terminal.h"

enum { MAX_ID = 1024 };

/* After the process has ended, the supervisor has this long to say what comes next. */
enum { EXIT_MILLIS = 30 * 1000 };

struct session {
    int supervisor; /* -1 once it is gone */
    bool launched;  /* there is, or was, a process */
    bool foreground;
    bool started;  /* its program runs, the supervisor knows */
    bool gated;    /* somebody else starts it later, on its socket */
    bool ended;    /* STATUS is how it ended */
    bool orphaned; /* it ended, and no supervisor has heard of it */
    bool heard;    /* the supervisor has sent something */
    bool unheard;  /* the supervisor went without having done anything for our first words */
    bool finished; /* CODE is the exit code */
    int code;
    int status;       /* as wait(2) gives it */
    struct interrupts interrupts;
    int maker;        /* pidfd of the program that made the container's process (FRAME_HEIR), until it has ended */
    int64_t deadline; /* after the end: until when the supervisor is waited for */
    unsigned char *plan_bytes;
    struct plan plan;
    struct context launch;
    struct terminal terminal;
    char id[MAX_ID + 1]; /* FRAME_ADOPT */
};

void open_session(struct session *s, int supervisor);

/* Serves it to its end. The exit code, unless the session is orphaned. */
int serve_session(struct session *s);

void close_session(struct session *s);

/* Waits until a supervisor has answered with FRAME_EXIT or is gone, showing nothing. */
void await_exit(int supervisor, int millis);

/* frames.c: takes one frame from the supervisor. */
void take_frame(struct session *s);

/* session.c: the session ends with this code; a process that is not adopted ends with it. */
void finish(struct session *s, int code);

/* session.c: what of the launch failed, to the supervisor. */
void send_launch_failure(struct session *s);

#endif
