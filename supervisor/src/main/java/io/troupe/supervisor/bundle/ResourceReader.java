package io.troupe.supervisor.bundle;

import io.troupe.supervisor.bundle.Resources.BlockIo;
import io.troupe.supervisor.bundle.Resources.Cpu;
import io.troupe.supervisor.bundle.Resources.DeviceRule;
import io.troupe.supervisor.bundle.Resources.Memory;
import io.troupe.supervisor.bundle.Resources.Network;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** config-linux.md, "Control groups". */
final class ResourceReader {
    private static final Pattern LIST = Pattern.compile("[0-9]{1,9}(-[0-9]{1,9})?(,[0-9]{1,9}(-[0-9]{1,9})?)*");
    private static final Pattern ACCESS = Pattern.compile("[rwm]{1,3}");
    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262_144;
    static final long MAX_DEVICE = 0xffff_ffffL;

    private ResourceReader() {}

    /** {@return the limits of a container that is to be made} */
    static Resources resources(Section section) {
        return read(section, false);
    }

    /** {@return new limits of a container that has some: what is not there stays} */
    static Resources changes(Section section) {
        return read(section, true);
    }

    private static Resources read(Section section, boolean changes) {
        return new Resources(
                section.objects("devices", ResourceReader::rule),
                section.object("memory", memory -> memory(memory, changes)).orElse(Memory.NONE),
                section.object("cpu", ResourceReader::cpu).orElse(Cpu.NONE),
                section.object("pids", pids -> pids.find("limit").map(value -> value.number(-1, Long.MAX_VALUE)))
                        .flatMap(limit -> limit)
                        .orElse(null),
                section.object("blockIO", BlockIoReader::blockIo).orElse(BlockIo.NONE),
                section.objects("hugepageLimits", ControllerReader::hugepages),
                section.object("network", ControllerReader::network).orElse(Network.NONE),
                ControllerReader.rdma(section.entries("rdma")),
                ControllerReader.unified(section.entries("unified")));
    }

    private static DeviceRule rule(Section section) {
        Value allow = section.need("allow");
        String type = section.text("type").isEmpty() ? "a" : section.text("type");
        if (!List.of("a", "c", "b").contains(type)) {
            throw section.at("type").wrong(Value.quoted(type) + " is not a kind of device", "Write a, c or b");
        }
        String access = section.text("access").isEmpty() ? "rwm" : section.text("access");
        if (!ACCESS.matcher(access).matches()) {
            throw section.at("access").wrong(Value.quoted(access) + " is not an access", "Write letters of rwm");
        }
        Long major = section.number("major", -1, MAX_DEVICE);
        Long minor = section.number("minor", -1, MAX_DEVICE);
        return new DeviceRule(
                allow.flag(), type.charAt(0), major == null ? -1 : major, minor == null ? -1 : minor, access);
    }

    private static Memory memory(Section section, boolean changes) {
        noKernelLimit(section);
        Long kernelTcp = asked(section.number("kernelTCP", -1, Long.MAX_VALUE));
        section.find("useHierarchy").filter(value -> !value.flag()).ifPresent(value -> {
            throw value.unserved("is not served: the kernel always counts the whole hierarchy", "Leave it out");
        });
        Long limit = asked(section.number("limit", -1, Long.MAX_VALUE));
        Long swap = asked(section.number("swap", -1, Long.MAX_VALUE));
        boolean unlimited = limit == null ? !changes : limit == -1;
        if (swap != null && swap > 0 && (unlimited || (limit != null && swap < limit))) {
            throw section.at("swap")
                    .wrong(
                            "is memory and swap together, and less than what memory alone may be",
                            "Set limit, and swap to at least as much");
        }
        Long swappiness = section.number("swappiness", 0, 100);
        return new Memory(
                limit,
                asked(section.number("reservation", -1, Long.MAX_VALUE)),
                swap,
                swappiness == null ? null : swappiness.intValue(),
                kernelTcp == null || kernelTcp < 0 ? null : kernelTcp,
                section.flag("disableOOMKiller"),
                section.flag("checkBeforeUpdate"));
    }

    /** Linux 5.16 took it away; its file takes every number and does nothing. */
    private static void noKernelLimit(Section section) {
        section.find("kernel")
                .filter(value -> value.number(-1, Long.MAX_VALUE) > 0)
                .ifPresent(value -> {
                    throw value.unserved(
                            "is a limit that the kernel does not have any more: limit counts the kernel's memory too",
                            "Leave it out");
                });
    }

    private static Cpu cpu(Section section) {
        Long shares = asked(section.number("shares", 0, Long.MAX_VALUE));
        Long idle = section.number("idle", 0, 1);
        return new Cpu(
                shares == null ? null : Math.clamp(shares, MIN_SHARES, MAX_SHARES),
                asked(section.number("quota", -1, Long.MAX_VALUE)),
                asked(section.number("period", 0, Long.MAX_VALUE)),
                section.number("burst", 0, Long.MAX_VALUE),
                asked(section.number("realtimeRuntime", -1, Long.MAX_VALUE)),
                asked(section.number("realtimePeriod", 0, Long.MAX_VALUE)),
                list(section, "cpus"),
                list(section, "mems"),
                idle == null ? null : idle.intValue());
    }

    private static String list(Section section, String name) {
        String list = section.text(name);
        if (!list.isEmpty() && !LIST.matcher(list).matches()) {
            throw section.at(name).wrong(Value.quoted(list) + " is not a list of numbers", "Write one such as 0-3,7");
        }
        return list;
    }

    private static @Nullable Long asked(@Nullable Long number) {
        return number == null || number == 0 ? null : number;
    }
}
