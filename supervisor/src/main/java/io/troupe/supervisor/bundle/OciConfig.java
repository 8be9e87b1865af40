package io.troupe.supervisor.bundle;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A checked config.json. Whoever has one need not check it again: every value is in its range, every field that is not
 * served has been refused.
 *
 * @param ociVersion as written; its major version is 1 or less
 * @param process null if absent, which create permits and start does not
 * @param hostname empty to leave the name of the UTS namespace as it is
 * @param domainname likewise
 * @param mounts in the order in which they are made
 * @param annotations in the order of the file
 * @param extensions what some of them ask for
 * @spec https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md Runtime Specification, Configuration
 */
public record OciConfig(
        String ociVersion,
        RootSection root,
        @Nullable ProcessSection process,
        String hostname,
        String domainname,
        List<MountEntry> mounts,
        LinuxSection linux,
        Hooks hooks,
        Map<String, String> annotations,
        Extensions extensions) {}
