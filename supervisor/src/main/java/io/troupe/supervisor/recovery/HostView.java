package io.troupe.supervisor.recovery;

import io.troupe.supervisor.process.ProcessIdentity;
import java.io.IOException;
import java.util.List;

/** What recovery asks of the host. Reads only, but for {@link #removePrivateDirectory}. */
public interface HostView {
    /** {@return the run directory's place for private directories of containers, absolute} */
    String containersDirectory();

    /** {@return absolute paths of the directories in {@link #containersDirectory} that are the supervisor's own, mode 0700} */
    List<String> privateDirectories() throws IOException;

    /** Removes one of {@link #privateDirectories} and the plain files and sockets in it; follows no link. Idempotent. */
    void removePrivateDirectory(String path) throws IOException;

    /** {@return whether exactly this process is there and has not ended} */
    boolean lives(ProcessIdentity process) throws IOException;

    /** {@return whether the directory exists, not following a link} */
    boolean isDirectory(String path) throws IOException;

    /** {@return pids of the processes in a cgroup and those beneath it; empty if there is no such cgroup} */
    List<Integer> processesIn(String cgroup) throws IOException;

    /** {@return the mount points of the supervisor's mount namespace} */
    List<String> mountPoints() throws IOException;

    /** {@return pids of our user's processes that are a park at this socket, reachable or not} */
    List<Integer> parks(String socket) throws IOException;
}
