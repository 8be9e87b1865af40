/*
 * The contract with the supervisor: frames on its socket, and the launch plan's encoding.
 * The Java side is io.troupe.protocol.wire.FrameType, io.troupe.launch.Step and PlanCodec; a test reads both.
 *
 * All integers are little-endian. A string is u32 length, bytes, and in a plan one NUL after them (not counted).
 *
 * Frame: u32 length of the payload, u16 type, u16 number of descriptors that come with its first byte (SCM_RIGHTS).
 *
 * Plan: u32 PLAN_MAGIC, u32 flags, u64 clone flags, u32 clones (0 or 1), then four sections in the order of
 * enum section, each u32 number of steps, then the steps:
 *     u16 op, u16 number of arguments, u32 length of the arguments, then the arguments:
 *         u8 ARG_INT,   i64
 *         u8 ARG_BYTES, u32 length, bytes, NUL           (a string, or binary data)
 *         u8 ARG_LIST,  u32 count, count times (u32 length, bytes, NUL)
 * Arguments stand in the order of the record's components in Step.java; a boolean is an ARG_INT of 0 or 1.
 */
#ifndef TROUPE_CONTRACT_H
#define TROUPE_CONTRACT_H

enum { PROTOCOL_VERSION = 2 };
enum { PLAN_MAGIC = 0x31505254 }; /* "TRP1" */
enum { MAX_FRAME_TO_CLIENT = 16 * 1024 * 1024, MAX_FRAME_TO_SUPERVISOR = 1024 * 1024, MAX_FRAME_FDS = 4 };

/* Client to supervisor. */
enum {
    FRAME_HELLO = 1,   /* u32 version; u32 argc, strings; string cwd; u32 envc, strings; u32 flags (bit n: fd n is a
                          terminal); u16 rows; u16 columns; u64 inode of the user namespace, u64 of the mount
                          namespace (0: not known). Plain strings, no NUL after them. First frame, once. */
    FRAME_PID = 2,     /* i32 pid as the client sees it; one descriptor: its pidfd */
    FRAME_READY = 3,   /* the process is at its gate (Step.Gate), waiting for FRAME_ADOPT */
    FRAME_STARTED = 4, /* the process has executed its program (a plan without Listen) */
    FRAME_FAILED = 5,  /* u32 section, u32 step index, i32 errno, string detail: the process is gone. An index one past
                          the section's last step is what comes after the steps: cloning (before, join), or the
                          process ended before its program ran, detail says how (child) */
    FRAME_EXITED = 6,  /* i32 wait status, as waitid(2) and wait(2) give it; only in the foreground */
    FRAME_DONE = 7,    /* a plan that clones nothing has been carried out, SECTION_JOIN too */
    FRAME_WARNING = 8, /* like FRAME_FAILED, for a hook that may fail: the plan goes on */
    FRAME_HANGUP = 9,  /* the client was told to end (SIGINT, SIGTERM, SIGHUP) while it waits; i32 signal */
    FRAME_CHANNEL = 10 /* one descriptor: the supervisor's end of what the program has (Step.Channel) */
};

/* Supervisor to client. */
enum {
    FRAME_OUT = 64,    /* bytes for standard output */
    FRAME_ERR = 65,    /* bytes for standard error */
    FRAME_EXIT = 66,   /* u32 exit code: end now. A process not yet adopted ends too */
    FRAME_LAUNCH = 67, /* a plan; descriptors: the sealed binary, then what JoinProcess joins: a
                          process's pidfd, or a namespace. Beside a process that there is already, a plan that clones
                          nothing */
    FRAME_ADOPT = 68,  /* the process of the plan is recorded: let it live on without the client. The whole payload is
                          the id under which a foreground client that lost its supervisor reports the exit
                          ("troupe report-exit ID PID STATUS"); empty: nothing to report */
    FRAME_SCOPED = 69, /* systemd has the process in its scope (Step.AwaitScope): go on */
    FRAME_HEIR = 70,   /* i32 pid: the program of the plan has made this child of the client's (CLONE_PARENT), which is
                          the container's process from here on, and not adopted yet. Answered by FRAME_PID or
                          FRAME_FAILED */
    FRAME_MASTER = 71, /* string name, one descriptor: the master of a terminal that came from elsewhere, for
                          Step.ConnectConsole or, with PLAN_LOCAL_TERMINAL, to relay */
    FRAME_LEAVING = 72 /* nothing has been done, the supervisor has left: ask the next one. No payload, first frame */
};

enum section { SECTION_BEFORE = 0, SECTION_JOIN = 1, SECTION_AFTER = 2, SECTION_CHILD = 3, SECTIONS = 4 };
enum { PLAN_FOREGROUND = 1, PLAN_LOCAL_TERMINAL = 2 };
enum { ARG_INT = 0, ARG_BYTES = 1, ARG_LIST = 2 };

/* One number per record of Step.java, named alike. */
enum op {
    OP_MAKE_DIRECTORY = 1,
    OP_WRITE_FILE = 2,
    OP_WRITE_PID = 3,
    OP_MAP_IDS = 4,
    OP_INTO_CGROUP = 5,
    OP_DEVICE_FILTER = 6,
    OP_LISTEN = 7,
    OP_CONNECT_CONSOLE = 8,
    OP_HOOK = 9,
    OP_CHANGE_DIRECTORY = 10,
    OP_TELL = 11,
    OP_AWAIT = 12,
    OP_JOIN_NAMESPACE = 13,
    OP_JOIN_PROCESS = 14,
    OP_UNSHARE = 15,
    OP_TIME_OFFSETS = 16,
    OP_ENTER_CGROUPS = 17,
    OP_BECOME_ROOT = 18,
    OP_PROPAGATION = 19,
    OP_ROOT = 20,
    OP_MOUNT = 21,
    OP_BIND = 22,
    OP_MAKE_TARGET = 23,
    OP_REMOUNT = 24,
    OP_DEVICE = 25,
    OP_SYMLINK = 26,
    OP_CONSOLE = 27,
    OP_EXEC_CONSOLE = 28,
    OP_TERMINAL = 29,
    OP_MASK = 30,
    OP_READ_ONLY = 31,
    OP_SYSCTL = 32,
    OP_ENTER_ROOT = 33,
    OP_ROOT_PROPAGATION = 34,
    OP_ROOT_READ_ONLY = 35,
    OP_HOSTNAME = 36,
    OP_DOMAIN_NAME = 37,
    OP_LOOPBACK_UP = 38,
    OP_NEW_SESSION = 39,
    OP_KEYRING = 40,
    OP_RESOURCE_LIMIT = 41,
    OP_OOM_SCORE_ADJUST = 42,
    OP_UMASK = 43,
    OP_USER = 44,
    OP_BOUNDING_CAPABILITIES = 45,
    OP_CAPABILITIES = 46,
    OP_NO_NEW_PRIVILEGES = 47,
    OP_DUMPABLE = 48,
    OP_SECCOMP = 49,
    OP_WORKING_DIRECTORY = 50,
    OP_FIND_PROGRAM = 51,
    OP_GATE = 52,
    OP_CLOSE_FROM = 53,
    OP_EXEC = 54,
    OP_INHERIT = 55,
    OP_ENABLE_CONTROLLERS = 56,
    OP_HOST_READ_ONLY = 57,
    OP_WRITE_FIRST = 58,
    OP_OWN_CGROUP = 59,
    OP_SEND_PIDFD = 60,
    OP_PASSED = 61,
    OP_NULL_STREAMS = 62,
    OP_OPEN_TREE = 63,
    OP_NEW_TREE = 64,
    OP_ATTACH_TREE = 65,
    OP_DETACH = 66,
    OP_MAP_TREE = 67,
    OP_TAKE_TREE = 68,
    OP_HOME = 69,
    OP_CONNECT_AGENT = 70,
    OP_TAKE_AGENT = 71,
    OP_SECCOMP_NOTIFY = 72,
    OP_IO_PRIORITY = 73,
    OP_SCHEDULER = 74,
    OP_CPU_AFFINITY = 75,
    OP_PERSONALITY = 76,
    OP_MEMORY_POLICY = 77,
    OP_SECURITY_LABEL = 78,
    OP_MOVE_INTERFACE = 79,
    OP_MAP_IDS_BY_HELPERS = 80,
    OP_SHARED_ROOT = 81,
    OP_CHANGE_ROOT = 82,
    OP_AWAIT_SCOPE = 83,
    OP_CHANNEL = 84,
    OP_OPEN_AS = 85,
    OP_HOOK_OUTPUT = 86,
    OP_ROOT_OF = 87,
    OP_WRITABLE = 88,
    OP_WRITE_ZERO = 89
};

/*
 * The start socket (Step.Gate). Whoever starts the container connects and writes one byte 'S'. The container's process
 * answers one byte 'X' just before execve(2), then end of file: the program runs. Or it answers a failure: byte 'F',
 * u32 section, u32 step index, i32 errno, string detail; then it ends. 'X' then 'F' is a failure too: execve(2) itself,
 * or a step after the seccomp filter, which 'X' comes before because the filter may forbid sending. A connection that is
 * closed before its 'S' is forgotten, and the next one is awaited. Between creator and process (a socketpair that the
 * plan does not see) the same bytes are used, after 'R' for ready and 'A' for adopted.
 */
enum { START_GO = 'S', START_EXECUTING = 'X', START_FAILED = 'F' };

/*
 * The park: one process that keeps pidfds for a supervisor that may die ("troupe --park SOCKET", see park.c).
 * Frames like the above on a SOCK_STREAM socket at the path given. PARK_HELLO is the first, and alone until it is
 * answered, which it is when no other supervisor is connected.
 */
enum {
    PARK_PUT = 128,     /* string key, one descriptor; replaces what the key had */
    PARK_DROP = 129,    /* string key */
    PARK_LIST = 130,    /* asks for all: a PARK_ITEM each, then PARK_END */
    PARK_ITEM = 131,    /* string key, one descriptor */
    PARK_END = 132,
    PARK_HELLO = 133,   /* empty, sent in one piece */
    PARK_WELCOME = 134  /* empty */
};

#endif
