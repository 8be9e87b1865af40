package io.troupe.supervisor.process;

import io.troupe.supervisor.systemd.Property;
import io.troupe.supervisor.systemd.Scope;
import io.troupe.supervisor.systemd.Systemd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A systemd that notes what is asked of it. */
final class NoSystemd implements Systemd {
    final List<String> stopped = new ArrayList<>();
    final List<String> set = new ArrayList<>();
    Work onSet = () -> {};

    /** What it does when properties are set. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    @Override
    public String cgroup() {
        return "";
    }

    @Override
    public boolean has(String unit) {
        return false;
    }

    @Override
    public void start(Scope scope, int pid) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void set(String unit, List<Property> properties) {
        properties.forEach(property -> set.add(unit + ": " + property));
        try {
            onSet.run();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    @Override
    public void stop(String unit) {
        stopped.add(unit);
    }
}
