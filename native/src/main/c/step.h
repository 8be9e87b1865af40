/*
 * The steps of a launch plan, one function each; Step.java says precisely what each does. A step returns false with
 * errno, after putting into context.failure.detail what errno does not tell.
 */
#ifndef TROUPE_STEP_H
#define TROUPE_STEP_H

#include "plan.h"
#include "wire.h"

#include <limits.h>
#include <sys/types.h>

/* Mounts that are made in one mount namespace and attached in another, by one plan. */
enum { MAX_TREES = 16 };

/* Who runs steps, and what earlier steps left for later ones. Descriptors are -1 where there is none. */
struct context {
    const struct plan *plan;
    enum section section;
    int supervisor;     /* in the client: where warnings go */
    int pair;           /* the other end is the container's process (in the client), or the client */
    int self;           /* the sealed binary */
    int signals;        /* in the client: a signalfd, so that a hook can be interrupted */
    int listener;       /* Listen */
    int hook_output;    /* HookOutput */
    int hook_errors;
    int start;          /* in the process: the connection of who starts it */
    int console;        /* ConnectConsole; in the client */
    int target;         /* pidfd for JoinProcess */
    int cgroup;         /* IntoCgroup */
    int trees[MAX_TREES]; /* OpenTree, NewTree */
    unsigned tree_count;
    unsigned tree_next; /* of AttachTree */
    int root;           /* Root; O_PATH */
    int tree;           /* TakeTree, until the Bind after it */
    int agent;          /* TakeAgent: who hears of system calls */
    int procfs;         /* a private procfs, once one was needed */
    int empty;          /* an empty read-only tmpfs that masks directories, once one was needed */
    int terminal;       /* the container's end of the pty */
    int master;         /* our end; in the client */
    int pidfd;          /* of the process; in the client */
    pid_t pid;          /* of the process, as the client sees it */
    mode_t mask;        /* the caller's umask, which hooks get back */
    bool umask_set;     /* by a step */
    bool placed;        /* an early step has found the working directory */
    bool entered;       /* "/" is the container's */
    bool dead;          /* in the client: the process has been waited for */
    bool ready;         /* in the client: the process is at its gate */
    bool adopted;       /* the process may outlive the client */
    bool executing;     /* it has said that it executes its program now */
    bool announced;     /* in the process: it has said so */
    bool reported;      /* the failure is the other side's, and complete */
    unsigned told;      /* what the other side has told and nobody awaited yet */
    int interrupted_by; /* in the client: the signal that ended a wait, or 0 */
    struct failure failure;
    char program[PATH_MAX];
    char home[PATH_MAX]; /* Home: the variable */
};

void init_context(struct context *c);

/* Runs one section's steps. False after the first that failed; context.failure says which and why. */
bool run_section(struct context *c, enum section section);

/* Puts WHAT, and ": " and MORE unless it is NULL, into the failure's detail. Always false; errno stays. */
bool fail_with(struct context *c, const char *what, const char *more);

typedef bool step_function(struct context *c, const struct arg *args);

/* cgroups.c */
step_function step_make_directory, step_write_file, step_write_pid, step_into_cgroup, step_enter_cgroups;
step_function step_device_filter, step_inherit, step_enable_controllers, step_write_first;
step_function step_own_cgroup;
/* sockets.c */
step_function step_connect_agent;
step_function step_listen, step_connect_console, step_send_pidfd;
/* hooks.c */
step_function step_hook, step_hook_output, step_change_directory;
/* exchange.c */
step_function step_tell, step_await, step_gate, step_take_tree, step_take_agent, step_await_scope;
/* channel.c */
step_function step_channel, step_open_as, step_writable, step_write_zero;
/* namespaces.c */
step_function step_map_ids, step_map_ids_by_helpers, step_join_namespace, step_join_process, step_unshare, step_time_offsets, step_become_root;
step_function step_hostname, step_domain_name, step_loopback_up;
/* interfaces.c */
step_function step_move_interface;
/* rootfs.c */
step_function step_propagation, step_root, step_shared_root, step_root_of, step_enter_root, step_change_root, step_root_propagation, step_root_read_only;
step_function step_host_read_only;
/* mounts.c */
step_function step_mount, step_bind, step_remount, step_make_target;
/* trees.c */
step_function step_open_tree, step_new_tree, step_attach_tree, step_detach;
/* idmaps.c */
step_function step_map_tree;
/* masks.c */
step_function step_mask, step_read_only;
/* devices.c */
step_function step_device, step_symlink, step_null_streams;
/* console.c */
step_function step_console, step_exec_console, step_terminal;
/* procfs.c */
step_function step_sysctl, step_oom_score_adjust, step_security_label;
/* scheduling.c */
step_function step_io_priority, step_scheduler, step_cpu_affinity, step_personality, step_memory_policy;
/* process.c */
step_function step_new_session, step_keyring, step_resource_limit, step_umask, step_user, step_bounding_capabilities;
step_function step_capabilities, step_no_new_privileges, step_dumpable, step_seccomp, step_seccomp_notify;
/* home.c */
step_function step_home;
/* program.c */
step_function step_working_directory, step_find_program, step_close_from, step_exec, step_passed;

#endif
