package io.troupe.supervisor.process;

import io.troupe.supervisor.systemd.Property;
import io.troupe.supervisor.systemd.Scope;
import io.troupe.supervisor.systemd.Systemd;
import java.util.ArrayList;
import java.util.List;

/** A systemd that notes what is asked of it. */
final class NoSystemd implements Systemd {
    final List<String> stopped = new ArrayList<>();

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
        throw new UnsupportedOperationException();
    }

    @Override
    public void stop(String unit) {
        stopped.add(unit);
    }
}
