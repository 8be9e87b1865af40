package io.troupe.supervisor.bundle;

import io.troupe.supervisor.bundle.Hooks.Hook;

/** config.md, "POSIX-platform Hooks". */
final class HookReader {
    /** Seconds whose milliseconds fit an int: 24 days. */
    private static final long MAX_TIMEOUT = Integer.MAX_VALUE / 1000;

    private HookReader() {}

    static Hooks hooks(Section section) {
        return new Hooks(
                section.objects("prestart", HookReader::hook),
                section.objects("createRuntime", HookReader::hook),
                section.objects("createContainer", HookReader::hook),
                section.objects("startContainer", HookReader::hook),
                section.objects("poststart", HookReader::hook),
                section.objects("poststop", HookReader::hook));
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
