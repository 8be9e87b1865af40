package io.troupe.supervisor.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.troupe.protocol.FailureException;
import io.troupe.supervisor.container.ContainerState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The states in which streams were left, read without their actors: a supervisor that starts may have thousands. */
final class LastStates {
    private static final Logger LOG = LoggerFactory.getLogger(LastStates.class);
    private static final SnapshotBounds ANY = new SnapshotBounds(0, Long.MAX_VALUE, 0, Long.MAX_VALUE);

    private LastStates() {}

    /** {@return by name, those of {@link ReadStatements#living} that can be read; of the others the actors tell why} */
    static Map<String, ContainerState> read(ReadStatements statements, String prefix) throws SQLException {
        Map<String, ContainerState> states = new LinkedHashMap<>();
        for (EventStream stream : statements.living(prefix)) {
            try {
                states.put(stream.persistenceId(), state(statements, stream.persistenceId()));
            } catch (FailureException | IllegalArgumentException | IllegalStateException problem) {
                LOG.warn("{} cannot be read: {}", stream.persistenceId(), problem.getMessage());
            }
        }
        return states;
    }

    private static ContainerState state(ReadStatements statements, String persistenceId) throws SQLException {
        ContainerState state = snapshot(statements, persistenceId);
        List<JournalEntry> since = new ArrayList<>();
        statements.replay(persistenceId, state.sequence() + 1, Long.MAX_VALUE, Long.MAX_VALUE, since::add);
        for (JournalEntry entry : since) {
            if (entry.sequence() != state.sequence() + 1) {
                throw new IllegalStateException("what was before event " + entry.sequence() + " is missing");
            }
            state = state.after(EventSerializer.fact(entry));
        }
        return state;
    }

    /** A damaged one is passed over, as {@link SqliteSnapshots} does; without its events the replay fails. */
    private static ContainerState snapshot(ReadStatements statements, String persistenceId) throws SQLException {
        for (StoredSnapshot snapshot : statements.snapshots(persistenceId, ANY, 1)) {
            if (snapshot.intact()) {
                NewEvent content = snapshot.content();
                return StateForms.read(
                        new Manifest(content.kind(), content.version()),
                        content.json().getBytes(UTF_8));
            }
        }
        return ContainerState.initial();
    }
}
