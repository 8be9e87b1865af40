package io.troupe.supervisor.bundle;

import io.troupe.supervisor.bundle.Resources.BlockIo;
import io.troupe.supervisor.bundle.Resources.Direction;
import io.troupe.supervisor.bundle.Resources.Throttle;
import io.troupe.supervisor.bundle.Resources.WeightDevice;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** config-linux.md, "Block IO". Leaf weights went with the scheduler that had them, in Linux 5.0. */
final class BlockIoReader {
    private static final int MIN_WEIGHT = 10;
    private static final int MAX_WEIGHT = 1000;

    private BlockIoReader() {}

    static BlockIo blockIo(Section section) {
        noLeafWeight(section);
        return new BlockIo(
                weight(section),
                section.objects("weightDevice", BlockIoReader::weightDevice).stream()
                        .flatMap(List::stream)
                        .toList(),
                Stream.of(
                                throttles(section, "throttleReadBpsDevice", Direction.READ_BYTES),
                                throttles(section, "throttleWriteBpsDevice", Direction.WRITE_BYTES),
                                throttles(section, "throttleReadIOPSDevice", Direction.READ_OPERATIONS),
                                throttles(section, "throttleWriteIOPSDevice", Direction.WRITE_OPERATIONS))
                        .flatMap(List::stream)
                        .toList());
    }

    private static List<WeightDevice> weightDevice(Section section) {
        noLeafWeight(section);
        long major = number(section, "major");
        long minor = number(section, "minor");
        Integer weight = weight(section);
        return weight == null ? List.of() : List.of(new WeightDevice(major, minor, weight));
    }

    private static List<Throttle> throttles(Section section, String name, Direction direction) {
        return section.objects(
                name,
                one -> new Throttle(
                        direction,
                        number(one, "major"),
                        number(one, "minor"),
                        one.need("rate").unsigned()));
    }

    private static long number(Section section, String name) {
        return section.need(name).number(0, ResourceReader.MAX_DEVICE);
    }

    /** 0 asks for nothing, as for other runtimes. */
    private static @Nullable Integer weight(Section section) {
        Long weight = section.number("weight", 0, MAX_WEIGHT);
        if (weight == null || weight == 0) {
            return null;
        }
        if (weight < MIN_WEIGHT) {
            throw section.at("weight")
                    .wrong(
                            weight + " is out of range",
                            "Write a whole number from " + MIN_WEIGHT + " to " + MAX_WEIGHT);
        }
        return weight.intValue();
    }

    private static void noLeafWeight(Section section) {
        section.find("leafWeight").filter(value -> !value.asksNothing()).ifPresent(value -> {
            throw value.unserved("is a weight that the kernel does not have any more", "Leave it out");
        });
    }
}
