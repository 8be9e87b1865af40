package io.troupe.supervisor.recovery;

import io.troupe.supervisor.container.ContainerState;
import io.troupe.supervisor.process.Footprint;
import io.troupe.supervisor.registry.Registry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Private directories that no container claims. They can be left only by a supervisor that was ended between the
 * journal's last word and the directory's; cgroups are always claimed, because their names are in the journal before
 * they are made, so that no other program's is ever touched.
 */
public final class Orphans {
    private final Supplier<List<Registry.Entry>> containers;
    private final HostView host;

    /**
     * @param containers those that are there: {@link Registry#all}
     */
    public Orphans(Supplier<List<Registry.Entry>> containers, HostView host) {
        this.containers = containers;
        this.host = host;
    }

    /** {@return absolute paths of private directories that no container claims} */
    public List<String> find() throws IOException {
        Set<String> claimed = new HashSet<>();
        for (Registry.Entry entry : containers.get()) {
            claimed.add(footprint(entry.state()).directory());
        }
        return host.privateDirectories().stream()
                .filter(directory -> !claimed.contains(directory))
                .sorted()
                .toList();
    }

    /**
     * Removes them. Only before clients are served, when nothing is being made.
     *
     * @return the paths removed
     */
    public List<String> remove() throws IOException {
        List<String> removed = new ArrayList<>();
        for (String directory : find()) {
            host.removePrivateDirectory(directory);
            removed.add(directory);
        }
        return removed;
    }

    static Footprint footprint(ContainerState.Present state) {
        return state.life().blueprint().footprint();
    }
}
