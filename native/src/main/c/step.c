#include "step.h"

#include "io.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { IN_BEFORE = 1 << SECTION_BEFORE, IN_JOIN = 1 << SECTION_JOIN, IN_AFTER = 1 << SECTION_AFTER };
enum { IN_CHILD = 1 << SECTION_CHILD, BY_CLIENT = IN_BEFORE | IN_AFTER, ANYWHERE = BY_CLIENT | IN_JOIN | IN_CHILD };

/* What a step takes (i: a number, s: bytes, l: a list, in order), and where it may stand. */
struct definition {
    step_function *run;
    const char *arguments;
    unsigned sections;
};

static const struct definition definitions[] = {
    [OP_MAKE_DIRECTORY] = {step_make_directory, "sii", BY_CLIENT},
    [OP_WRITE_FILE] = {step_write_file, "ss", BY_CLIENT},
    [OP_WRITE_PID] = {step_write_pid, "l", IN_AFTER},
    [OP_MAP_IDS] = {step_map_ids, "ssi", IN_AFTER},
    [OP_INTO_CGROUP] = {step_into_cgroup, "s", IN_BEFORE},
    [OP_DEVICE_FILTER] = {step_device_filter, "ss", BY_CLIENT},
    [OP_LISTEN] = {step_listen, "ss", IN_BEFORE},
    [OP_CONNECT_CONSOLE] = {step_connect_console, "s", IN_BEFORE},
    [OP_HOOK] = {step_hook, "ssllissii", BY_CLIENT | IN_CHILD},
    [OP_HOOK_OUTPUT] = {step_hook_output, "ss", IN_BEFORE},
    [OP_CHANGE_DIRECTORY] = {step_change_directory, "s", ANYWHERE},
    [OP_TELL] = {step_tell, "", IN_AFTER | IN_CHILD},
    [OP_AWAIT] = {step_await, "", IN_AFTER | IN_CHILD},
    [OP_JOIN_NAMESPACE] = {step_join_namespace, "si", IN_JOIN | IN_CHILD},
    [OP_JOIN_PROCESS] = {step_join_process, "i", IN_JOIN | IN_CHILD},
    [OP_UNSHARE] = {step_unshare, "i", IN_JOIN | IN_CHILD},
    [OP_TIME_OFFSETS] = {step_time_offsets, "s", IN_JOIN},
    [OP_ENTER_CGROUPS] = {step_enter_cgroups, "l", IN_JOIN | IN_CHILD},
    [OP_BECOME_ROOT] = {step_become_root, "i", IN_JOIN | IN_CHILD},
    [OP_PROPAGATION] = {step_propagation, "i", IN_CHILD},
    [OP_ROOT] = {step_root, "s", IN_CHILD},
    [OP_MOUNT] = {step_mount, "sssilii", IN_CHILD},
    [OP_BIND] = {step_bind, "ssiiiiiii", IN_CHILD},
    [OP_MAKE_TARGET] = {step_make_target, "si", IN_CHILD},
    [OP_REMOUNT] = {step_remount, "sii", IN_CHILD},
    [OP_DEVICE] = {step_device, "siiiiii", IN_CHILD},
    [OP_SYMLINK] = {step_symlink, "ss", IN_CHILD},
    [OP_CONSOLE] = {step_console, "iiii", IN_CHILD},
    [OP_EXEC_CONSOLE] = {step_exec_console, "ii", IN_CHILD},
    [OP_TERMINAL] = {step_terminal, "", IN_CHILD},
    [OP_MASK] = {step_mask, "s", IN_CHILD},
    [OP_READ_ONLY] = {step_read_only, "s", IN_CHILD},
    [OP_SYSCTL] = {step_sysctl, "ss", IN_CHILD},
    [OP_ENTER_ROOT] = {step_enter_root, "i", IN_CHILD},
    [OP_ROOT_PROPAGATION] = {step_root_propagation, "i", IN_CHILD},
    [OP_ROOT_READ_ONLY] = {step_root_read_only, "", IN_CHILD},
    [OP_HOSTNAME] = {step_hostname, "s", IN_CHILD},
    [OP_DOMAIN_NAME] = {step_domain_name, "s", IN_CHILD},
    [OP_LOOPBACK_UP] = {step_loopback_up, "", IN_JOIN | IN_CHILD},
    [OP_NEW_SESSION] = {step_new_session, "", IN_CHILD},
    [OP_KEYRING] = {step_keyring, "s", IN_CHILD},
    [OP_RESOURCE_LIMIT] = {step_resource_limit, "iii", IN_CHILD},
    [OP_OOM_SCORE_ADJUST] = {step_oom_score_adjust, "i", IN_AFTER | IN_CHILD},
    [OP_UMASK] = {step_umask, "i", IN_CHILD},
    [OP_USER] = {step_user, "iili", IN_CHILD},
    [OP_BOUNDING_CAPABILITIES] = {step_bounding_capabilities, "i", IN_CHILD},
    [OP_CAPABILITIES] = {step_capabilities, "iiii", IN_CHILD},
    [OP_NO_NEW_PRIVILEGES] = {step_no_new_privileges, "", IN_CHILD},
    [OP_DUMPABLE] = {step_dumpable, "i", IN_JOIN | IN_CHILD},
    [OP_SECCOMP] = {step_seccomp, "si", IN_CHILD},
    [OP_WORKING_DIRECTORY] = {step_working_directory, "si", IN_CHILD},
    [OP_FIND_PROGRAM] = {step_find_program, "ss", IN_CHILD},
    [OP_GATE] = {step_gate, "", IN_CHILD},
    [OP_CLOSE_FROM] = {step_close_from, "i", IN_CHILD},
    [OP_EXEC] = {step_exec, "ll", IN_CHILD},
    [OP_INHERIT] = {step_inherit, "ss", BY_CLIENT},
    [OP_ENABLE_CONTROLLERS] = {step_enable_controllers, "sl", BY_CLIENT},
    [OP_HOST_READ_ONLY] = {step_host_read_only, "", IN_CHILD},
    [OP_WRITE_FIRST] = {step_write_first, "ll", BY_CLIENT},
    [OP_AWAIT_SCOPE] = {step_await_scope, "", IN_AFTER},
    [OP_OWN_CGROUP] = {step_own_cgroup, "sli", BY_CLIENT},
    [OP_SEND_PIDFD] = {step_send_pidfd, "ss", IN_AFTER},
    [OP_PASSED] = {step_passed, "i", IN_BEFORE},
    [OP_NULL_STREAMS] = {step_null_streams, "", IN_CHILD},
    [OP_OPEN_TREE] = {step_open_tree, "siiiiii", IN_BEFORE},
    [OP_NEW_TREE] = {step_new_tree, "ssili", IN_BEFORE},
    [OP_ATTACH_TREE] = {step_attach_tree, "s", IN_JOIN | IN_CHILD},
    [OP_DETACH] = {step_detach, "s", IN_JOIN},
    [OP_MAP_TREE] = {step_map_tree, "siisssi", IN_AFTER},
    [OP_TAKE_TREE] = {step_take_tree, "", IN_CHILD},
    [OP_HOME] = {step_home, "i", IN_CHILD},
    [OP_CONNECT_AGENT] = {step_connect_agent, "s", IN_AFTER},
    [OP_TAKE_AGENT] = {step_take_agent, "", IN_CHILD},
    [OP_SECCOMP_NOTIFY] = {step_seccomp_notify, "sil", IN_CHILD},
    [OP_IO_PRIORITY] = {step_io_priority, "i", IN_CHILD},
    [OP_SCHEDULER] = {step_scheduler, "iiiiiii", IN_CHILD},
    [OP_CPU_AFFINITY] = {step_cpu_affinity, "l", IN_JOIN | IN_CHILD},
    [OP_PERSONALITY] = {step_personality, "i", IN_CHILD},
    [OP_MEMORY_POLICY] = {step_memory_policy, "il", IN_CHILD},
    [OP_SECURITY_LABEL] = {step_security_label, "ss", IN_CHILD},
    [OP_MOVE_INTERFACE] = {step_move_interface, "ss", IN_AFTER},
    [OP_MAP_IDS_BY_HELPERS] = {step_map_ids_by_helpers, "ll", IN_AFTER},
    [OP_SHARED_ROOT] = {step_shared_root, "ss", IN_CHILD},
    [OP_CHANGE_ROOT] = {step_change_root, "", IN_JOIN | IN_CHILD},
    [OP_CHANNEL] = {step_channel, "i", IN_CHILD},
    [OP_OPEN_AS] = {step_open_as, "si", IN_CHILD},
    [OP_ROOT_OF] = {step_root_of, "i", IN_JOIN},
    [OP_WRITABLE] = {step_writable, "i", IN_BEFORE},
    [OP_WRITE_ZERO] = {step_write_zero, "i", IN_BEFORE},
};

void init_context(struct context *c)
{
    memset(c, 0, offsetof(struct context, program)); /* not the program's 4096 bytes: that would touch a page */
    c->program[0] = '\0';
    c->home[0] = '\0';
    c->supervisor = c->pair = c->self = c->signals = c->listener = c->start = c->console = c->target = -1;
    c->cgroup = c->root = c->tree = c->agent = c->procfs = c->empty = c->terminal = c->master = c->pidfd = -1;
    c->hook_output = c->hook_errors = -1;
}

bool fail_with(struct context *c, const char *what, const char *more)
{
    size_t room = sizeof c->failure.detail - 1;
    size_t length = strnlen(what, room);

    memcpy(c->failure.detail, what, length);
    if (more != NULL && length + 2 < room) {
        size_t more_length = strnlen(more, room - length - 2);
        memcpy(c->failure.detail + length, ": ", 2);
        memcpy(c->failure.detail + length + 2, more, more_length);
        length += 2 + more_length;
    }
    c->failure.detail[length] = '\0';
    return false;
}

static bool fits(const struct definition *definition, const struct step *step)
{
    static const char letters[] = {[ARG_INT] = 'i', [ARG_BYTES] = 's', [ARG_LIST] = 'l'};

    if (strlen(definition->arguments) != step->count)
        return false;
    for (unsigned i = 0; i < step->count; i++) {
        if (definition->arguments[i] != letters[step->args[i].tag])
            return false;
    }
    return true;
}

/* Ends this process where a test asked for it: TROUPE_FAILPOINT=SECTION:INDEX, both numbers. */
static void failpoint(enum section section, uint32_t index)
{
    const char *wanted = getenv("TROUPE_FAILPOINT");
    char *rest;

    if (wanted == NULL || strtoul(wanted, &rest, 10) != (unsigned long)section || *rest != ':')
        return;
    if (strtoul(rest + 1, NULL, 10) != index)
        return;
    kill(getpid(), SIGKILL);
    _exit(EXIT_SIGNALLED + SIGKILL); /* the first process of a pid namespace cannot kill itself */
}

static bool run_step(struct context *c, const struct step *step)
{
    const struct definition *definition = NULL;

    if (step->op < sizeof definitions / sizeof *definitions)
        definition = &definitions[step->op];
    if (definition == NULL || definition->run == NULL) {
        errno = EINVAL;
        return fail_with(c, "this launcher does not know the step", NULL);
    }
    if ((definition->sections & 1U << c->section) == 0 || !fits(definition, step)) {
        errno = EINVAL;
        return fail_with(c, "the step is not as this launcher expects it", NULL);
    }
    return definition->run(c, step->args);
}

bool run_section(struct context *c, enum section section)
{
    struct cursor at = first_step(c->plan, section);
    struct step step;

    c->section = section;
    for (uint32_t i = 0; i < c->plan->sections[section].count; i++) {
        c->failure.section = section;
        c->failure.index = i;
        c->failure.detail[0] = '\0';
        failpoint(section, i);
        if (!next_step(&at, &step))
            return false; /* cannot be: parse_plan has read it all */
        errno = 0;
        if (!run_step(c, &step)) {
            if (!c->reported)
                c->failure.number = errno;
            return false;
        }
    }
    c->failure.index = c->plan->sections[section].count;
    return true;
}
