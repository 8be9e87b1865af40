package io.troupe.supervisor.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C over everything that a record means, so that a change of any column of it is seen. */
final class Checksum {
    private Checksum() {}

    /** {@return the checksum, 0 to 2^32 - 1} */
    static long of(String persistenceId, NewEvent event) {
        CRC32C crc = new CRC32C();
        crc.update(persistenceId.getBytes(UTF_8));
        crc.update(ByteBuffer.allocate(25)
                .put((byte) 0)
                .putLong(event.sequence())
                .putLong(event.atMillis())
                .putInt(event.version())
                .putInt(event.serializer())
                .flip());
        crc.update(event.kind().getBytes(UTF_8));
        crc.update(0);
        crc.update(event.json().getBytes(UTF_8));
        return crc.getValue();
    }
}
