package io.troupe.supervisor.plan;

import io.troupe.launch.Bytecode;
import io.troupe.launch.Step;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import io.troupe.supervisor.bundle.Extensions;
import io.troupe.supervisor.bundle.OciConfig;
import io.troupe.supervisor.bundle.SeccompProfile;
import io.troupe.supervisor.bundle.SeccompProfile.Listener;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The filter of system calls that a container's processes get (config-linux.md, "Seccomp"), of its profile or as an
 * annotation has it.
 *
 * @param flags {@code SECCOMP_FILTER_FLAG_*} of linux/seccomp.h
 * @param listener who decides over calls; null if nobody is asked
 */
record ProcessFilter(Bytecode code, long flags, @Nullable Listener listener) {
    private static final long SYNC_THREADS = 1;
    private static final long SPEC_ALLOW = 4;
    private static final long SYNC_FAILS_WITH_ESRCH = 16;
    private static final long WAIT_KILLABLE = 32;

    /**
     * {@return the filter; null for none}
     *
     * @param receiver who decides if neither profile nor annotation say so; null for nobody
     * @throws FailureException INVALID_BUNDLE or UNSUPPORTED
     */
    static @Nullable ProcessFilter of(OciConfig config, FilterCompiler compiler, @Nullable String receiver) {
        SeccompProfile profile = config.linux().seccomp();
        Extensions extensions = config.extensions();
        String path =
                !extensions.seccompReceiver().isEmpty() || receiver == null ? extensions.seccompReceiver() : receiver;
        if (!extensions.rawFilter().isEmpty()) {
            return new ProcessFilter(
                    new Bytecode(Base64.getDecoder().decode(extensions.rawFilter())),
                    profile == null ? SPEC_ALLOW : profile.flagBits(),
                    path.isEmpty() ? null : new Listener(path, ""));
        }
        if (profile == null) {
            return null;
        }
        if (extensions.knownCallsOnly()) {
            requireKnown(compiler.unknown(profile));
        }
        return new ProcessFilter(compiler.compile(profile), profile.flagBits(), listener(profile.listener(), path));
    }

    private static void requireKnown(List<String> unknown) {
        if (!unknown.isEmpty()) {
            throw new FailureException(
                    FailureCode.INVALID_BUNDLE,
                    "config.json: linux.seccomp.syscalls",
                    "libseccomp does not know " + String.join(", ", unknown),
                    "Remove them, or the annotation run.oci.seccomp_fail_unknown_syscall");
        }
    }

    private static @Nullable Listener listener(@Nullable Listener wanted, String otherwise) {
        if (wanted == null || !wanted.path().isEmpty()) {
            return wanted;
        }
        if (otherwise.isEmpty()) {
            throw new FailureException(
                    FailureCode.INVALID_BUNDLE,
                    "config.json: linux.seccomp.listenerPath",
                    "is missing: a rule has the action SCMP_ACT_NOTIFY",
                    "Name the socket of who is asked, here or in RUN_OCI_SECCOMP_RECEIVER");
        }
        return new Listener(otherwise, wanted.metadata());
    }

    /** {@return what connects to the listener, for the client's last step; none without one} */
    static List<Step> agent(@Nullable ProcessFilter filter, boolean hasProgram) {
        Listener listener = filter == null || !hasProgram ? null : filter.listener();
        return listener == null ? List.of() : List.of(new Step.ConnectAgent(listener.path()));
    }

    /** @param listenerState parts of what the listener is sent; unused without one */
    Step step(Function<Listener, List<String>> listenerState) {
        if (listener == null) {
            // The kernel refuses a word on notifications where there are none.
            return new Step.Seccomp(code, flags & ~WAIT_KILLABLE);
        }
        // Threads cannot be told of by the number that a listener has in its place.
        long more = (flags & SYNC_THREADS) != 0 ? SYNC_FAILS_WITH_ESRCH : 0;
        return new Step.SeccompNotify(code, flags | more, listenerState.apply(listener));
    }
}
