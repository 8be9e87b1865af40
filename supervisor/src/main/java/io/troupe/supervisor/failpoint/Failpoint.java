package io.troupe.supervisor.failpoint;

import io.troupe.syscall.Self;
import io.troupe.syscall.Signals;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A step boundary of create, start, run, delete, checkpoint or restore. Armed by the system property {@code troupe.failpoint}: the name of
 * one, which kills the supervisor there with SIGKILL, or {@code NAME:client}, which kills the client instead. Without
 * the property a failpoint is one comparison with null.
 */
public enum Failpoint {
    /** The bundle is read and checked; nothing is in the journal. */
    CREATE_CHECKED,
    /** The intent to create is in the journal; nothing is on the host. */
    CREATE_REQUESTED,
    /** The private directory exists. */
    CREATE_DIRECTORY_MADE,
    /** The launch plan has been sent to the client. */
    CREATE_PLAN_SENT,
    /** The container's process exists and its pidfd has arrived. */
    CREATE_PROCESS_MADE,
    /** The process stands at its gate; Created is not in the journal. */
    CREATE_READY,
    /** Created is in the journal; the client does not know. */
    CREATE_RECORDED,
    /** The client has been told to let the process live. */
    CREATE_ADOPTED,
    /** The intent to start is in the journal; the process has not been released. */
    START_REQUESTED,
    /** The process has been released; Started is not in the journal. */
    START_RELEASED,
    /** Started is in the journal; the client does not know. */
    START_RECORDED,
    /** The process has ended; Exited is not in the journal. */
    EXIT_SEEN,
    /** The intent to delete is in the journal; nothing has been removed. */
    DELETE_REQUESTED,
    /** Cgroups and directory are gone; Deleted is not in the journal. */
    DELETE_CLEANED,
    /** Deleted is in the journal; the client does not know. */
    DELETE_RECORDED,
    /** Images are complete; Checkpointed is not in the journal. */
    CHECKPOINT_WRITTEN,
    /** Checkpointed is in the journal; CRIU does not know, and the processes go on. */
    CHECKPOINT_RECORDED,
    /** The intent to restore is in the journal; CRIU has been asked. */
    RESTORE_REQUESTED,
    /** The restored process is in the journal; CRIU does not know, and it does not run. */
    RESTORE_RECORDED,
    /** The restored process runs; Restored is not in the journal. */
    RESTORE_DONE;

    /** Name of the system property. */
    public static final String PROPERTY = "troupe.failpoint";

    private static final String CLIENT_SUFFIX = ":client";
    private static final @Nullable String ARMED = System.getProperty(PROPERTY);

    /** {@return what is wrong with the property; null if it names a failpoint, or is not set} */
    public static @Nullable String mistake() {
        return mistake(ARMED);
    }

    static @Nullable String mistake(@Nullable String armed) {
        if (armed == null) {
            return null;
        }
        String name =
                armed.endsWith(CLIENT_SUFFIX) ? armed.substring(0, armed.length() - CLIENT_SUFFIX.length()) : armed;
        return Stream.of(values()).anyMatch(each -> each.name().equals(name))
                ? null
                : "\"" + armed + "\" is no failpoint";
    }

    /** Kills the supervisor if this is the armed failpoint. */
    public void hit() {
        if (ARMED != null && ARMED.equals(name())) {
            Self.kill();
        }
    }

    /**
     * Kills the supervisor or the client, if this is the armed failpoint.
     *
     * @param clientPid the client as the supervisor sees it; not 0
     */
    public void hit(int clientPid) {
        hit();
        if (ARMED != null && ARMED.equals(name() + CLIENT_SUFFIX)) {
            Signals.kill(clientPid, Signals.SIGKILL);
        }
    }
}
