package io.troupe.supervisor.bundle;

import io.troupe.supervisor.bundle.Hooks.Hook;
import java.util.Iterator;
import java.util.List;

/** config.md, "POSIX-platform Hooks". */
final class HookReader {
    /** Seconds whose milliseconds fit an int: 24 days. */
    private static final long MAX_TIMEOUT = Integer.MAX_VALUE / 1000;

    /** In the order in which they are run, which is that of the components of {@link Hooks}. */
    static final List<String> KINDS =
            List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop");

    private HookReader() {}

    static Hooks hooks(Section section) {
        Iterator<List<Hook>> kinds = KINDS.stream()
                .map(kind -> section.objects(kind, HookReader::hook))
                .iterator();
        return new Hooks(kinds.next(), kinds.next(), kinds.next(), kinds.next(), kinds.next(), kinds.next());
    }

    private static Hook hook(Section section) {
        Long timeout = section.number("timeout", 1, MAX_TIMEOUT);
        return new Hook(
                section.need("path").absolute(),
                section.each("args", Value::text),
                section.each("env", ProcessReader::variable),
                timeout == null ? 0 : timeout.intValue());
    }
}
