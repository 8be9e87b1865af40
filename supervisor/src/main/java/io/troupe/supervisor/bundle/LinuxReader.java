package io.troupe.supervisor.bundle;

import java.util.List;

/** config-linux.md, but for what has a reader of its own. */
final class LinuxReader {
    private static final int PERMISSIONS = 07777;
    private static final long MAX_FILE_MODE = 0177777;
    private static final long MAX_MAJOR = (1 << 12) - 1;
    private static final long MAX_MINOR = (1 << 20) - 1;
    private static final int DEFAULT_MODE = 0666;

    private LinuxReader() {}

    static LinuxSection linux(Section config) {
        return config.needObject("linux", LinuxReader::read);
    }

    private static LinuxSection read(Section section) {
        Namespaces namespaces = NamespaceReader.namespaces(section);
        return new LinuxSection(
                namespaces,
                NamespaceReader.mappings(section, "uidMappings", namespaces),
                NamespaceReader.mappings(section, "gidMappings", namespaces),
                NamespaceReader.timeOffsets(section, namespaces),
                section.objects("devices", LinuxReader::device),
                section.find("cgroupsPath")
                        .filter(value -> !value.text().isEmpty())
                        .map(LinuxReader::cgroup)
                        .orElse(null),
                section.object("resources", ResourceReader::resources).orElse(Resources.NONE),
                section.find("rootfsPropagation").map(LinuxReader::propagation).orElse(0L),
                section.object("seccomp", SeccompReader::profile).orElse(null),
                section.each("maskedPaths", Value::absolute),
                section.each("readonlyPaths", Value::absolute),
                SysctlReader.sysctl(section.entries("sysctl"), namespaces),
                ExecutionReader.execution(section),
                ProcessReader.label(section, "mountLabel"),
                NetDeviceReader.devices(section.entries("netDevices"), namespaces),
                section.object("intelRdt", IntelRdtReader::intelRdt).orElse(null));
    }

    private static DeviceNode device(Section section) {
        Value type = section.need("type");
        String letter = type.text();
        if (!List.of("c", "u", "b", "p").contains(letter)) {
            throw type.wrong(Value.quoted(letter) + " is not a kind of device", "Write c, u, b or p");
        }
        boolean fifo = letter.equals("p");
        Long mode = section.number("fileMode", 0, MAX_FILE_MODE);
        Long uid = section.number("uid", 0, ProcessReader.MAX_ID);
        Long gid = section.number("gid", 0, ProcessReader.MAX_ID);
        return new DeviceNode(
                HostPath.normalized(section.need("path").absolute()),
                letter.equals("u") ? 'c' : letter.charAt(0),
                number(section, "major", MAX_MAJOR, fifo),
                number(section, "minor", MAX_MINOR, fifo),
                mode == null ? DEFAULT_MODE : (int) (mode & PERMISSIONS),
                uid == null ? 0 : uid,
                gid == null ? 0 : gid);
    }

    private static int number(Section section, String name, long max, boolean fifo) {
        if (!fifo) {
            return (int) section.need(name).number(0, max);
        }
        section.find(name).ifPresent(value -> value.number(0, max));
        return 0;
    }

    private static String cgroup(Value value) {
        String path = value.word();
        if (List.of(path.split("/", -1)).contains("..")) {
            throw value.wrong(Value.quoted(path) + " contains \"..\"", "Write a path without it");
        }
        return path;
    }

    private static long propagation(Value value) {
        String word = value.text();
        if (word.isEmpty()) {
            return 0;
        }
        Long flags = MountWords.PROPAGATION.get(word);
        if (flags == null) {
            throw value.wrong(
                    Value.quoted(word) + " is not a propagation", "Write shared, slave, private or unbindable");
        }
        return flags | MountWords.RECURSIVE;
    }
}
