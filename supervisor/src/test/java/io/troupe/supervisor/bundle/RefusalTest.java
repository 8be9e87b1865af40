package io.troupe.supervisor.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.troupe.protocol.FailureException;
import io.troupe.protocol.Request.BundleSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, and in which words. */
class RefusalTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        /ociVersion | "2.0.0" | INVALID_BUNDLE | config.json: ociVersion: "2.0.0" is not served. Use version 1 of the specification
        /ociVersion | "1.03.0" | INVALID_BUNDLE | config.json: ociVersion: "1.03.0" is not a version. Write one such as "1.3.0"
        /ociVersion | "1.3" | INVALID_BUNDLE | config.json: ociVersion: "1.3" is not a version. Write one such as "1.3.0"
        /ociVersion | "1.3.0-a..b" | INVALID_BUNDLE | config.json: ociVersion: "1.3.0-a..b" is not a version. Write one such as "1.3.0"
        /ociVersion | "one" | INVALID_BUNDLE | config.json: ociVersion: "one" is not a version. Write one such as "1.3.0"
        /ociVersion | null | INVALID_BUNDLE | config.json: ociVersion: is missing. Write it; the specification requires it
        /process/cwd | "tmp" | INVALID_BUNDLE | config.json: process.cwd: "tmp" is not an absolute path. Begin it with /
        /process/cwd | 7 | INVALID_BUNDLE | config.json: process.cwd: is a number, not a string. Write it in quotes
        /process/args | [] | INVALID_BUNDLE | config.json: process.args: is empty. Name the program to run
        /process/args | "sh" | INVALID_BUNDLE | config.json: process.args: is a string, not a list. Write […]
        /process/args/0 | "a\\u0000b" | INVALID_BUNDLE | config.json: process.args[0]: contains a NUL character. Remove it
        /process/env/1 | "TERM" | INVALID_BUNDLE | config.json: process.env[1]: is not of the form NAME=value. Write a name, =, and a value, which may be empty
        /process/user/uid | 4294967295 | INVALID_BUNDLE | config.json: process.user.uid: 4294967295 is out of range. Write a whole number from 0 to 4294967294
        /process/user/uid | -1 | INVALID_BUNDLE | config.json: process.user.uid: -1 is out of range. Write a whole number from 0 to 4294967294
        /process/user/uid | 1.5 | INVALID_BUNDLE | config.json: process.user.uid: 1.5 is out of range. Write a whole number from 0 to 4294967294
        /process/user/uid | "0" | INVALID_BUNDLE | config.json: process.user.uid: is a string, not a number. Write a whole number without quotes
        /process/user/additionalGids | [0, 4294967296] | INVALID_BUNDLE | config.json: process.user.additionalGids[1]: 4294967296 is out of range. Write a whole number from 0 to 4294967294
        /process/terminal | "yes" | INVALID_BUNDLE | config.json: process.terminal: is a string, not true or false. Write true or false
        /process/capabilities/effective | ["CAP_SYS_ADMIN"] | INVALID_BUNDLE | config.json: process.capabilities.effective: CAP_SYS_ADMIN is not in permitted. Add it there or remove it here
        /process/rlimits/0/type | "RLIMIT_LUCK" | INVALID_BUNDLE | config.json: process.rlimits[0].type: "RLIMIT_LUCK" is not a limit of setrlimit(2). Write one such as "RLIMIT_NOFILE"
        /process/rlimits/0/soft | 2048 | INVALID_BUNDLE | config.json: process.rlimits[0].soft: 2048 is above the hard limit 1024. Lower it or raise hard
        /process/oomScoreAdj | 1001 | INVALID_BUNDLE | config.json: process.oomScoreAdj: 1001 is out of range. Write a whole number from -1000 to 1000
        /process/commandLine | "a" | UNSUPPORTED | config.json: process.commandLine: is not served yet. Leave it out, or use another runtime for this container
        /process/user/username | "a" | UNSUPPORTED | config.json: process.user.username: is not served yet. Leave it out, or use another runtime for this container
        /process/apparmorProfile | "a\\nb" | INVALID_BUNDLE | config.json: process.apparmorProfile: contains a control character. Remove it
        /process/selinuxLabel | 1 | INVALID_BUNDLE | config.json: process.selinuxLabel: is a number, not a string. Write it in quotes
        /process/ioPriority | {"class": "IOPRIO_CLASS_BE"} | INVALID_BUNDLE | config.json: process.ioPriority.priority: is missing. Write it; the specification requires it
        /process/ioPriority | {"class": "IOPRIO_CLASS_BE", "priority": 8} | INVALID_BUNDLE | config.json: process.ioPriority.priority: 8 is out of range. Write a whole number from 0 to 7
        /process/ioPriority | {"class": "BE", "priority": 1} | INVALID_BUNDLE | config.json: process.ioPriority.class: "BE" is not a class for I/O. Write one such as "IOPRIO_CLASS_BE"
        /process/scheduler | {} | INVALID_BUNDLE | config.json: process.scheduler.policy: is missing. Write it; the specification requires it
        /process/scheduler | {"policy": "SCHED_FAIR"} | INVALID_BUNDLE | config.json: process.scheduler.policy: "SCHED_FAIR" is not a scheduling policy. Write one such as "SCHED_OTHER"
        /process/scheduler | {"policy": "SCHED_ISO"} | UNSUPPORTED | config.json: process.scheduler.policy: "SCHED_ISO" is a policy that the kernel does not have. Use SCHED_RR or SCHED_FIFO
        /process/scheduler | {"policy": "SCHED_OTHER", "nice": 20} | INVALID_BUNDLE | config.json: process.scheduler.nice: 20 is out of range. Write a whole number from -20 to 19
        /process/scheduler | {"policy": "SCHED_OTHER", "priority": 1} | INVALID_BUNDLE | config.json: process.scheduler.priority: is for SCHED_FIFO and SCHED_RR alone. Leave it out, or use another policy
        /process/scheduler | {"policy": "SCHED_FIFO"} | INVALID_BUNDLE | config.json: process.scheduler.priority: is 0 or missing with a real-time policy. Write 1 to 99
        /process/scheduler | {"policy": "SCHED_RR", "priority": 1, "runtime": 1} | INVALID_BUNDLE | config.json: process.scheduler.runtime: is for SCHED_DEADLINE alone. Leave it out, or use another policy
        /process/scheduler | {"policy": "SCHED_IDLE", "flags": ["SCHED_FLAG_FAST"]} | INVALID_BUNDLE | config.json: process.scheduler.flags[0]: "SCHED_FLAG_FAST" is not a scheduling flag. Write one such as "SCHED_FLAG_RESET_ON_FORK"
        /process/execCPUAffinity | {"initial": "a"} | INVALID_BUNDLE | config.json: process.execCPUAffinity.initial: "a" is not a list of numbers. Write one such as "0-3,7"
        /process/execCPUAffinity | {"final": "0,8192"} | INVALID_BUNDLE | config.json: process.execCPUAffinity.final: "8192" is not a range. Write ascending numbers from 0 to 8191
        /process/execCPUAffinity | {"final": "3-1"} | INVALID_BUNDLE | config.json: process.execCPUAffinity.final: "3-1" is not a range. Write ascending numbers from 0 to 8191
        /root | [] | INVALID_BUNDLE | config.json: root: is a list, not an object. Write {…}
        /hostname | "a\\nb" | INVALID_BUNDLE | config.json: hostname: contains a control character. Remove it
        /mounts/3/destination | "/proc/self/attr" | INVALID_BUNDLE | config.json: mounts[3].destination: "/proc/self/attr" may not be covered: it is part of /proc. Mount it somewhere else
        /mounts/3/destination | "/dev/../proc" | INVALID_BUNDLE | config.json: mounts[3].destination: "/proc" may not be covered: it is part of /proc. Mount it somewhere else
        /mounts/1/options/1 | "move" | UNSUPPORTED | config.json: mounts[1].options[1]: "move" is not served yet. Leave it out, or use another runtime for this container
        /mounts/1/options | ["remount", "size=1"] | UNSUPPORTED | config.json: mounts[1].options: have "remount" and what a mount that is there cannot be given. Leave words such as ro and nosuid alone beside it
        /mounts/1/options | ["remount", "rro"] | UNSUPPORTED | config.json: mounts[1].options: have "remount" and what a mount that is there cannot be given. Leave words such as ro and nosuid alone beside it
        /mounts/1/options | ["bind", "idmap"] | INVALID_BUNDLE | config.json: mounts[1].options[1]: "idmap" maps by the container's user namespace, and there is none. Add uidMappings and gidMappings to the mount
        /mounts/1/options | ["bind", "idmap=uids=0-1-1"] | INVALID_BUNDLE | config.json: mounts[1].options[1]: "idmap=uids=0-1-1" is not a map of ids. Write one such as idmap=uids=0-1000-1;gids=0-1000-1
        /mounts/1/options | ["bind", "idmap=uids=0-1-1;gids=0-1-0"] | INVALID_BUNDLE | config.json: mounts[1].options[1]: "idmap=uids=0-1-1;gids=0-1-0" is not a map of ids. Write one such as idmap=uids=0-1000-1;gids=0-1000-1
        /mounts/1/options | ["bind", "idmap=uids=@0-1-1;gids=0-1-1"] | INVALID_BUNDLE | config.json: mounts[1].options[1]: 1-1 after @ is not in one range of the container's map. Map it in linux.uidMappings and linux.gidMappings, or write ids of the host without @
        /mounts/1/options | ["idmap=uids=0-1-1;gids=0-1-1"] | UNSUPPORTED | config.json: mounts[1].options: map ids or speak of symbolic links, which is for binds alone. Add bind, or leave them out
        /mounts/1/options | ["bind", "copy-symlink", "src-nofollow"] | INVALID_BUNDLE | config.json: mounts[1].options: have "copy-symlink" and another word for links. Write one of them
        /mounts/1/uidMappings | [{"containerID": 0, "hostID": 0, "size": 1}] | INVALID_BUNDLE | config.json: mounts[1].gidMappings: is missing: users and groups are mapped together. Write both, or neither
        /mounts/1/options | ["rbind", "redonly"] | INVALID_BUNDLE | config.json: mounts[1].options[1]: "redonly" is not an option of bind mounts. Leave it out, or correct it
        /mounts/1/options | ["rbind", "tmpcopyup"] | INVALID_BUNDLE | config.json: mounts[1].options: have "tmpcopyup", which is for tmpfs alone. Leave it out, or mount a tmpfs
        /linux/namespaces/0/type | "network" | INVALID_BUNDLE | config.json: linux.namespaces[1].type: "network" is there twice. Remove one
        /linux/namespaces/0/type | "net" | INVALID_BUNDLE | config.json: linux.namespaces[0].type: "net" is not a kind of namespace. Write one of pid, network, mount, ipc, uts, user, cgroup, time
        /linux/namespaces/0/path | "proc" | INVALID_BUNDLE | config.json: linux.namespaces[0].path: "proc" is not an absolute path. Begin it with /
        /linux/namespaces/0/type | "user" | INVALID_BUNDLE | config.json: linux.uidMappings: is missing: a new user namespace needs it. Map at least id 0
        /linux/uidMappings | [{"containerID": 0, "hostID": 0, "size": 1}] | INVALID_BUNDLE | config.json: linux.uidMappings: maps ids of no user namespace. Add {"type": "user"} to linux.namespaces
        /linux/sysctl | {"kernel.core_pattern": "x"} | INVALID_BUNDLE | config.json: linux.sysctl["kernel.core_pattern"]: belongs to no namespace, so it would change the host. Set it on the host
        /linux/sysctl | {"net/../kernel/core_pattern": "x"} | INVALID_BUNDLE | config.json: linux.sysctl["net/../kernel/core_pattern"]: is not the name of a kernel parameter. Write one such as net.ipv4.ip_forward
        /linux/sysctl | {"net.ipv4.ip_forward": "1\\n2"} | INVALID_BUNDLE | config.json: linux.sysctl["net.ipv4.ip_forward"]: contains a control character. Remove it
        /linux/cgroupsPath | "/a/../../b" | INVALID_BUNDLE | config.json: linux.cgroupsPath: "/a/../../b" contains "..". Write a path without it
        /linux/resources/unified | {"a/b": ""} | INVALID_BUNDLE | config.json: linux.resources.unified["a/b"]: is not the name of a cgroup's file. Write one such as "memory.high"
        /linux/resources/unified | {"..": "1"} | INVALID_BUNDLE | config.json: linux.resources.unified[".."]: is not the name of a cgroup's file. Write one such as "memory.high"
        /linux/resources/unified | {"cgroup.procs": "1"} | INVALID_BUNDLE | config.json: linux.resources.unified["cgroup.procs"]: is not a resource. Leave it out
        /linux/resources/unified | {"memory.high": 1} | INVALID_BUNDLE | config.json: linux.resources.unified["memory.high"]: is a number, not a string. Write it in quotes
        /linux/resources/hugepageLimits | [{"pageSize": "../x", "limit": 0}] | INVALID_BUNDLE | config.json: linux.resources.hugepageLimits[0].pageSize: "../x" is not a size of pages. Write one such as "2MB"
        /linux/resources/hugepageLimits | [{"pageSize": "2MB"}] | INVALID_BUNDLE | config.json: linux.resources.hugepageLimits[0].limit: is missing. Write it; the specification requires it
        /linux/resources/blockIO | {"weight": 9} | INVALID_BUNDLE | config.json: linux.resources.blockIO.weight: 9 is out of range. Write a whole number from 10 to 1000
        /linux/resources/blockIO | {"leafWeight": 10} | UNSUPPORTED | config.json: linux.resources.blockIO.leafWeight: is a weight that the kernel does not have any more. Leave it out
        /linux/resources/blockIO | {"weightDevice": [{"major": 8, "minor": 0, "leafWeight": 10}]} | UNSUPPORTED | config.json: linux.resources.blockIO.weightDevice[0].leafWeight: is a weight that the kernel does not have any more. Leave it out
        /linux/resources/blockIO | {"throttleReadBpsDevice": [{"major": 8, "rate": 1}]} | INVALID_BUNDLE | config.json: linux.resources.blockIO.throttleReadBpsDevice[0].minor: is missing. Write it; the specification requires it
        /linux/resources/network | {"priorities": [{"name": "a/b", "priority": 1}]} | INVALID_BUNDLE | config.json: linux.resources.network.priorities[0].name: "a/b" is not a network interface. Write one such as "eth0"
        /linux/resources/network | {"classID": 4294967296} | INVALID_BUNDLE | config.json: linux.resources.network.classID: 4294967296 is out of range. Write a whole number from 0 to 4294967295
        /linux/resources/rdma | {"mlx5_1": {}} | INVALID_BUNDLE | config.json: linux.resources.rdma.mlx5_1: limits nothing. Set hcaHandles or hcaObjects
        /linux/resources/rdma | {"a b": {"hcaHandles": 1}} | INVALID_BUNDLE | config.json: linux.resources.rdma["a b"]: is not the name of a device. Write one such as "mlx5_1"
        /linux/resources/cpu | {"burst": -1} | INVALID_BUNDLE | config.json: linux.resources.cpu.burst: -1 is out of range. Write a whole number from 0 to 9223372036854775807
        /linux/resources/cpu | {"idle": 2} | INVALID_BUNDLE | config.json: linux.resources.cpu.idle: 2 is out of range. Write a whole number from 0 to 1
        /linux/resources/memory | {"kernel": 1} | UNSUPPORTED | config.json: linux.resources.memory.kernel: is a limit that the kernel does not have any more: limit counts the kernel's memory too. Leave it out
        /linux/resources/memory | {"useHierarchy": false} | UNSUPPORTED | config.json: linux.resources.memory.useHierarchy: is not served: the kernel always counts the whole hierarchy. Leave it out
        /linux/resources/memory | {"limit": 2, "swap": 1} | INVALID_BUNDLE | config.json: linux.resources.memory.swap: is memory and swap together, and less than what memory alone may be. Set limit, and swap to at least as much
        /linux/resources/devices/0/access | "x" | INVALID_BUNDLE | config.json: linux.resources.devices[0].access: "x" is not an access. Write letters of rwm
        /linux/seccomp | {} | INVALID_BUNDLE | config.json: linux.seccomp.defaultAction: is missing. Write it; the specification requires it
        /linux/seccomp | {"defaultAction": "SCMP_ACT_NOTIFY"} | UNSUPPORTED | config.json: linux.seccomp.defaultAction: cannot be "SCMP_ACT_NOTIFY": the launcher would have to ask before it has told whom. Use another action, and name the calls to ask for
        /linux/seccomp | {"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/s", "syscalls": [{"names": ["mkdir", "sendmsg"], "action": "SCMP_ACT_NOTIFY"}]} | UNSUPPORTED | config.json: linux.seccomp.syscalls[0].names[1]: cannot have the action SCMP_ACT_NOTIFY: the launcher sends the listener with it. Remove it
        /linux/seccomp | {"defaultAction": "SCMP_ACT_LOG", "listenerPath": "s"} | INVALID_BUNDLE | config.json: linux.seccomp.listenerPath: "s" is not an absolute path. Begin it with /
        /linux/seccomp | {"defaultAction": "SCMP_ACT_LOG", "flags": ["SECCOMP_FILTER_FLAG_NEW_LISTENER"]} | INVALID_BUNDLE | config.json: linux.seccomp.flags[0]: "SECCOMP_FILTER_FLAG_NEW_LISTENER" is not a served flag. Write one of [SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW, SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV]
        /linux/personality | {"domain": "BSD"} | INVALID_BUNDLE | config.json: linux.personality.domain: "BSD" is not an execution domain. Write one such as "LINUX32"
        /linux/personality | {"domain": "LINUX", "flags": ["ADDR_NO_RANDOMIZE"]} | INVALID_BUNDLE | config.json: linux.personality.flags[0]: "ADDR_NO_RANDOMIZE" is not a flag: the specification has none. Leave it out
        /linux/memoryPolicy | {"mode": "MPOL_BEST"} | INVALID_BUNDLE | config.json: linux.memoryPolicy.mode: "MPOL_BEST" is not a memory policy. Write one such as "MPOL_BIND"
        /linux/memoryPolicy | {"mode": "MPOL_BIND"} | INVALID_BUNDLE | config.json: linux.memoryPolicy.nodes: is missing: MPOL_BIND needs one. Write one such as "0"
        /linux/memoryPolicy | {"mode": "MPOL_LOCAL", "nodes": "0"} | INVALID_BUNDLE | config.json: linux.memoryPolicy.nodes: does not go with MPOL_LOCAL. Leave it out
        /linux/memoryPolicy | {"mode": "MPOL_BIND", "nodes": "1024"} | INVALID_BUNDLE | config.json: linux.memoryPolicy.nodes: "1024" is not a range. Write ascending numbers from 0 to 1023
        /linux/memoryPolicy | {"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_X"]} | INVALID_BUNDLE | config.json: linux.memoryPolicy.flags[0]: "MPOL_F_X" is not a flag of memory policies. Write one such as "MPOL_F_STATIC_NODES"
        /linux/memoryPolicy | {"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"]} | INVALID_BUNDLE | config.json: linux.memoryPolicy.flags: has both MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES. Remove one
        /linux/intelRdt | {"closID": "a/b"} | INVALID_BUNDLE | config.json: linux.intelRdt.closID: "a/b" is not the name of a group. Write a name without slashes, or / alone
        /linux/intelRdt | {"closID": "info"} | INVALID_BUNDLE | config.json: linux.intelRdt.closID: "info" is not the name of a group. Write a name without slashes, or / alone
        /linux/intelRdt | {"closID": ".."} | INVALID_BUNDLE | config.json: linux.intelRdt.closID: ".." is not the name of a group. Write a name without slashes, or / alone
        /linux/intelRdt | {"memBwSchema": "L3:0=f"} | INVALID_BUNDLE | config.json: linux.intelRdt.memBwSchema: "L3:0=f" does not begin with MB:. Write one such as MB:0=20;1=70
        /linux/intelRdt | {"memBwSchema": "MB:0=1\\nMB:1=1"} | INVALID_BUNDLE | config.json: linux.intelRdt.memBwSchema: contains a control character. Remove it
        /linux/intelRdt | {"schemata": ["L3:0=f\\n"]} | INVALID_BUNDLE | config.json: linux.intelRdt.schemata[0]: contains a control character. Remove it
        /linux/intelRdt | {"enableCMT": true} | UNSUPPORTED | config.json: linux.intelRdt.enableCMT: is not served yet. Leave it out, or use another runtime for this container
        /linux/netDevices | {"a/b": {}} | INVALID_BUNDLE | config.json: linux.netDevices["a/b"]: is not the name of a network interface. Write one such as "eth0"
        /linux/netDevices | {"eth%d": {}} | INVALID_BUNDLE | config.json: linux.netDevices["eth%d"]: is not the name of a network interface. Write one such as "eth0"
        /linux/netDevices | {"eth0": {"name": "much-too-long-name"}} | INVALID_BUNDLE | config.json: linux.netDevices.eth0.name: "much-too-long-name" is not the name of a network interface. Write one such as "eth0" or "eth%d"
        /linux/netDevices | {"eth0": {"name": "%deth"}} | INVALID_BUNDLE | config.json: linux.netDevices.eth0.name: "%deth" is not the name of a network interface. Write one such as "eth0" or "eth%d"
        /linux/netDevices | {"eth0": {}, "eth1": {"name": "eth0"}} | INVALID_BUNDLE | config.json: linux.netDevices.eth1: has the name of another one inside: "eth0". Give it another one
        /annotations | {"run.oci.handler": "wasm"} | UNSUPPORTED | config.json: annotations["run.oci.handler"]: "wasm" is a program in place of the container's, and Troupe has none. Remove it, or use crun with that handler
        /annotations | {"run.oci.seccomp.plugins": "/p.so"} | UNSUPPORTED | config.json: annotations["run.oci.seccomp.plugins"]: is not served: Troupe loads no foreign code into its processes. Let a program of its own answer, and name its socket in linux.seccomp.listenerPath
        /annotations | {"run.oci.seccomp_bpf_data": "?"} | INVALID_BUNDLE | config.json: annotations["run.oci.seccomp_bpf_data"]: is not Base64. Encode the filter without line breaks
        /annotations | {"run.oci.seccomp_bpf_data": "AAAA"} | INVALID_BUNDLE | config.json: annotations["run.oci.seccomp_bpf_data"]: is not a filter: it has 3 bytes. Encode 1 to 4096 instructions of 8 bytes
        /annotations | {"run.oci.seccomp.receiver": "s"} | INVALID_BUNDLE | config.json: annotations["run.oci.seccomp.receiver"]: "s" is not an absolute path. Begin it with /
        /annotations | {"run.oci.mount_context_type": "luck"} | INVALID_BUNDLE | config.json: annotations["run.oci.mount_context_type"]: "luck" is not an option of mount(8) for labels. Write context, fscontext, defcontext or rootcontext
        /annotations | {"run.oci.delegate-cgroup": "a/../b"} | INVALID_BUNDLE | config.json: annotations["run.oci.delegate-cgroup"]: "a/../b" is not below the container's cgroup. Write a name such as "payload"
        /annotations | {"run.oci.systemd.subgroup": "/a"} | INVALID_BUNDLE | config.json: annotations["run.oci.systemd.subgroup"]: "/a" is not below the container's cgroup. Write a name such as "payload"
        /annotations | {"run.oci.hooks.stdout": ""} | INVALID_BUNDLE | config.json: annotations["run.oci.hooks.stdout"]: is empty. Write a value or leave the field out
        /hooks | {"poststop": [{"path": "x"}]} | INVALID_BUNDLE | config.json: hooks.poststop[0].path: "x" is not an absolute path. Begin it with /
        /hooks | {"poststop": [{"path": "/x", "timeout": 0}]} | INVALID_BUNDLE | config.json: hooks.poststop[0].timeout: 0 is out of range. Write a whole number from 1 to 2147483
        /windows | {"layerFolders": ["a"]} | UNSUPPORTED | config.json: windows: is not served yet. Leave it out, or use another runtime for this container
        /process/cwd | "/\\ud800" | INVALID_BUNDLE | config.json: process.cwd: contains half a character (an unpaired surrogate). Remove it
        /hostname | "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" | INVALID_BUNDLE | config.json: hostname: has more than 64 bytes. Shorten it
        /linux/namespaces | [{"type": "mount"}] | INVALID_BUNDLE | config.json: hostname: would change the host's name: there is no uts namespace. Add {"type": "uts"} to linux.namespaces
        /linux/sysctl | {"kernel.hostname": "x"} | INVALID_BUNDLE | config.json: hostname: is set by linux.sysctl too. Leave out one of the two
        /annotations | {"": "x"} | INVALID_BUNDLE | config.json: annotations[""]: has an empty name or one with a NUL character. Name it
        /linux/devices | [{"path": "/dev/x", "type": "x"}] | INVALID_BUNDLE | config.json: linux.devices[0].type: "x" is not a kind of device. Write c, u, b or p
        /linux/rootfsPropagation | "shard" | INVALID_BUNDLE | config.json: linux.rootfsPropagation: "shard" is not a propagation. Write shared, slave, private or unbindable
        /mounts/1 | {"destination": "/a", "source": "/b"} | INVALID_BUNDLE | config.json: mounts[1].type: names no file system. Name one, or add bind to the options
        /mounts/1/destination | "/" | INVALID_BUNDLE | config.json: mounts[1].destination: is the root itself. Use root.path for it
        /mounts/1/options | ["ro", "rrw"] | INVALID_BUNDLE | config.json: mounts[1].options: contradict each other. Use a word with r or without it, not both
        /linux/uidMappings | [{"containerID": 4294967294, "hostID": 0, "size": 2}] | INVALID_BUNDLE | config.json: linux.uidMappings[0].size: 2 ends above the largest id, 4294967294. Make the range smaller
        /linux/timeOffsets | {"realtime": {"secs": 1}} | INVALID_BUNDLE | config.json: linux.timeOffsets.realtime: is not a clock of time namespaces. Write monotonic or boottime
        /linux/timeOffsets | {"monotonic": {"secs": 1}} | INVALID_BUNDLE | config.json: linux.timeOffsets.monotonic: sets a clock of no new time namespace. Add {"type": "time"} to linux.namespaces
        /linux/resources/devices | [{"allow": true, "type": "x"}] | INVALID_BUNDLE | config.json: linux.resources.devices[0].type: "x" is not a kind of device. Write a, c or b
        /linux/resources/cpu | {"cpus": "a"} | INVALID_BUNDLE | config.json: linux.resources.cpu.cpus: "a" is not a list of numbers. Write one such as 0-3,7
        /linux/resources/unified | {"": "x"} | INVALID_BUNDLE | config.json: linux.resources.unified[""]: is not the name of a cgroup's file. Write one such as "memory.high"
        /linux/seccomp | {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": [], "action": "SCMP_ACT_ERRNO"}]} | INVALID_BUNDLE | config.json: linux.seccomp.syscalls[0].names: is empty. Name at least one system call
        /linux/seccomp | {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 1, "op": "EQ"}]}]} | INVALID_BUNDLE | config.json: linux.seccomp.syscalls[0].args[0].op: "EQ" is not a comparison. Write one such as "SCMP_CMP_EQ"
        /linux/seccomp | {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": -1, "op": "SCMP_CMP_EQ"}]}]} | INVALID_BUNDLE | config.json: linux.seccomp.syscalls[0].args[0].value: -1 is out of range. Write a whole number from 0 to 18446744073709551615
        /linux/seccomp | {"defaultAction": "ALLOW"} | INVALID_BUNDLE | config.json: linux.seccomp.defaultAction: "ALLOW" is not an action. Write one such as "SCMP_ACT_ERRNO"
        /linux/seccomp | {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["X86"]} | INVALID_BUNDLE | config.json: linux.seccomp.architectures[0]: "X86" is not an architecture. Write one of [SCMP_ARCH_AARCH64, SCMP_ARCH_ARM, SCMP_ARCH_LOONGARCH64, SCMP_ARCH_M68K, SCMP_ARCH_MIPS, SCMP_ARCH_MIPS64, SCMP_ARCH_MIPS64N32, SCMP_ARCH_MIPSEL, SCMP_ARCH_MIPSEL64, SCMP_ARCH_MIPSEL64N32, SCMP_ARCH_PARISC, SCMP_ARCH_PARISC64, SCMP_ARCH_PPC, SCMP_ARCH_PPC64, SCMP_ARCH_PPC64LE, SCMP_ARCH_RISCV64, SCMP_ARCH_S390, SCMP_ARCH_S390X, SCMP_ARCH_SH, SCMP_ARCH_SHEB, SCMP_ARCH_X32, SCMP_ARCH_X86, SCMP_ARCH_X86_64]
        /linux/sysctl | {"net.ipv4.ip_forward": "1", "net/ipv4/ip_forward": "1"} | INVALID_BUNDLE | config.json: linux.sysctl["net/ipv4/ip_forward"]: is there twice, with dots and with slashes. Remove one
        /solaris | {"milestone": "x"} | UNSUPPORTED | config.json: solaris: is not served yet. Leave it out, or use another runtime for this container
        /vm | {"kernel": {"path": "/x"}} | UNSUPPORTED | config.json: vm: is not served yet. Leave it out, or use another runtime for this container
        /zos | {"namespaces": [{"type": "pid"}]} | UNSUPPORTED | config.json: zos: is not served yet. Leave it out, or use another runtime for this container
        /linux/maskedPaths | ["x"] | INVALID_BUNDLE | config.json: linux.maskedPaths[0]: "x" is not an absolute path. Begin it with /
        /linux/resources/pids | {"limit": "x"} | INVALID_BUNDLE | config.json: linux.resources.pids.limit: is a string, not a number. Write a whole number without quotes
        /process/ioPriority | {"priority": 1} | INVALID_BUNDLE | config.json: process.ioPriority.class: is missing. Write it; the specification requires it
        /linux | {"namespaces": [{"type": "mount"}, {"type": "uts"}], "sysctl": {"net.ipv4.ip_forward": "1"}} | INVALID_BUNDLE | config.json: linux.sysctl["net.ipv4.ip_forward"]: would change the host: there is no network namespace. Add {"type": "network"} to linux.namespaces
        /linux | {"namespaces": [{"type": "mount"}, {"type": "uts"}], "sysctl": {"kernel.shmmax": "1"}} | INVALID_BUNDLE | config.json: linux.sysctl["kernel.shmmax"]: would change the host: there is no ipc namespace. Add {"type": "ipc"} to linux.namespaces
        /linux | {"namespaces": [{"type": "mount"}, {"type": "uts"}], "netDevices": {"eth0": {}}} | INVALID_BUNDLE | config.json: linux.netDevices.eth0: moves to no network namespace of the container's own. Add {"type": "network"} to linux.namespaces
        /linux | {"namespaces": [{"type": "mount"}, {"type": "uts"}], "timeOffsets": {"monotonic": {"secs": 1}}} | INVALID_BUNDLE | config.json: linux.timeOffsets.monotonic: sets a clock of no new time namespace. Add {"type": "time"} to linux.namespaces
        /mounts/1 | {"destination": "/a", "source": "/b", "options": ["bind", "idmap=uids=0-1-1;gids=0-1-1"], "uidMappings": [{"containerID": 0, "hostID": 0, "size": 1}], "gidMappings": [{"containerID": 0, "hostID": 0, "size": 1}]} | INVALID_BUNDLE | config.json: mounts[1].options[1]: maps ids, and so do uidMappings and gidMappings. Use one of them
        /process/consoleSize | {"width": 1, "height": 70000} | INVALID_BUNDLE | config.json: process.consoleSize.height: 70000 is out of range. Write a whole number from 0 to 65535
        /process/noNewPrivileges | 1 | INVALID_BUNDLE | config.json: process.noNewPrivileges: is a number, not true or false. Write true or false
        """)
    void what_is_wrong_is_named_by_its_place(String pointer, String json, String code, String line) {
        FailureException refused =
                catchThrowableOfType(FailureException.class, () -> ConfigReader.config(Configs.edited(pointer, json)));

        assertThat(refused).isNotNull();
        assertThat(refused.failure().line()).isEqualTo(line);
        assertThat(refused.failure().code().name()).isEqualTo(code);
    }

    @Test
    void text_that_is_no_json_is_refused_with_line_and_column() {
        assertThat(refusal("{\n  \"ociVersion\": }"))
                .startsWith("config.json line 2, column 17: is not valid JSON: ")
                .doesNotContain("jackson", "Exception", "Feature");
        assertThat(refusal("{\"a\": 1, \"a\": 2}"))
                .contains("Duplicate field 'a'")
                .doesNotContain("Feature");
        assertThat(refusal("{} {}")).contains("is not valid JSON").doesNotContain("Feature");
        assertThat(refusal("")).startsWith("config.json: is empty");
        assertThat(refusal("[]")).isEqualTo("config.json: is a list, not an object. Write {…}");
        assertThat(refusal("[".repeat(100_000))).contains("is not valid JSON").doesNotContain("StreamRead");
    }

    @Test
    void bytes_that_are_no_utf_8_or_too_many_are_refused() {
        assertThat(refusal(new byte[] {'{', (byte) 0xff, '}'})).isEqualTo("config.json: is not UTF-8. Encode it so");
        assertThat(refusal(new byte[JsonText.MAX_BYTES + 1])).startsWith("config.json: has more than 4194304 bytes");
    }

    @Test
    void ranges_of_ids_are_as_many_as_the_kernel_takes() {
        String range = "{\"containerID\": 0, \"hostID\": 0, \"size\": 1}";
        assertThat(refusal(Configs.edited("/linux/uidMappings", "[" + (range + ",").repeat(340) + range + "]")))
                .isEqualTo("config.json: linux.uidMappings: has more than 340 ranges. Join some");
    }

    @Test
    void other_files_are_refused_by_name_too() {
        assertThat(refusal(() -> ConfigReader.mounts(bytes("[]"), "/b")))
                .isEqualTo(
                        "mounts.json: mounts: is empty, or not alone in the file. Write one list of mounts, as in config.json");
        assertThat(refusal(() -> ConfigReader.mounts(
                        bytes("[{\"destination\": \"/a\", \"source\": \"/b\", \"options\": [\"bind\", \"idmap\"]}]"),
                        "/b")))
                .contains("\"idmap\" is not served for a container that lives");
        assertThat(refusal(() -> ConfigReader.mounts(
                        bytes(
                                "[{\"destination\": \"/a\", \"source\": \"/b\", \"options\": [\"bind\"], \"uidMappings\": [{\"size\": 1}]}]"),
                        "/b")))
                .startsWith("mounts.json: mounts[0].uidMappings: is not served yet");
        assertThat(refusal(() -> ConfigReader.process(bytes(
                        "{\"args\": [\"a\"], \"cwd\": \"/\", \"capabilities\": {\"bounding\": [\"CAP_LUCK\"]}}"))))
                .isEqualTo("process.json: capabilities.bounding[0]: \"CAP_LUCK\": is not a capability. Leave it out");
        assertThat(refusal(() -> ConfigReader.resources("update", bytes("{\"luck\": 1}"))))
                .isEqualTo("update: luck is not a known limit. Leave it out");
        assertThat(refusal(() -> RootFileSystemConfig.of(
                        new BundleSource.RootFileSystem("/no/such", List.of("a"), List.of(), "", false), "web1")))
                .startsWith("--rootfs: \"/no/such\" is not the absolute path of a directory");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String refusal(ThrowingCallable reading) {
        FailureException refused = catchThrowableOfType(FailureException.class, reading);
        assertThat(refused).isNotNull();
        return refused.failure().line();
    }

    private static String refusal(String text) {
        return refusal(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String refusal(byte[] bytes) {
        FailureException refused = catchThrowableOfType(FailureException.class, () -> ConfigReader.config(bytes));
        assertThat(refused).isNotNull();
        return refused.failure().line();
    }
}
