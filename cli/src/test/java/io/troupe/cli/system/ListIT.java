package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** list beside runc's. */
@RootTest
class ListIT {
    private static final int PID = 1;
    private static final int CREATED = 4;

    /** {@return runc with a directory of its own for states} */
    private static Result runc(Troupe troupe, String... more) {
        List<String> root =
                List.of("runc", "--root", troupe.directory().resolve("runc").toString());
        return new Call(Stream.concat(root.stream(), Stream.of(more)).toList()).run();
    }

    private static List<List<String>> rows(Result table) {
        List<List<String>> rows = new ArrayList<>();
        table.succeeds()
                .out()
                .lines()
                .forEach(line -> rows.add(List.of(line.strip().split(" {2,}", -1))));
        return rows;
    }

    @Test
    void it_has_runcs_columns_and_fields(Troupe troupe) {
        Assumptions.assumeTrue(Host.hasRunc(), "runc is not installed");
        Bundle bundle = Bundle.sleeping(troupe.directory());
        String path = bundle.path().toString();
        Result detached = runc(troupe, "run", "--detach", "--bundle", path, "listed");
        Assumptions.assumeTrue(detached.exit() == 0, "runc runs nothing here: " + detached.err());
        troupe.runDetached("listed", bundle);
        try {
            compareTables(rows(runc(troupe, "list")), rows(troupe.run("list")));
            JsonNode theirs =
                    runc(troupe, "list", "-f", "json").succeeds().json().get(0);
            JsonNode ours = troupe.run("list", "-f", "json").succeeds().json().get(0);
            theirs.properties()
                    .forEach(field -> assertThat(ours.path(field.getKey()).getNodeType())
                            .as(field.getKey())
                            .isEqualTo(field.getValue().getNodeType()));
            assertThat(troupe.run("list", "-q").succeeds().out())
                    .isEqualTo(runc(troupe, "list", "-q").succeeds().out());
        } finally {
            runc(troupe, "delete", "--force", "listed").succeeds();
        }
        troupe.run("delete", "--force", "listed").succeeds();
        assertThat(rows(troupe.run("list"))).isEqualTo(rows(runc(troupe, "list")));
        // runc has null for an empty list, which no reader of lists needs.
        assertThat(troupe.run("list", "-f", "json").succeeds().out()).isEqualTo("[]\n");
    }

    private static void compareTables(List<List<String>> theirs, List<List<String>> ours) {
        assertThat(ours.getFirst()).isEqualTo(theirs.getFirst());
        List<String> their = theirs.get(1);
        List<String> our = ours.get(1);
        for (int i = 0; i < their.size(); i++) {
            if (i != PID && i != CREATED) {
                assertThat(our.get(i)).isEqualTo(their.get(i));
            }
        }
        assertThat(Integer.parseInt(our.get(PID))).isPositive();
        assertThat(OffsetDateTime.parse(our.get(CREATED)))
                .isCloseTo(OffsetDateTime.parse(their.get(CREATED)), within(1, ChronoUnit.MINUTES));
    }
}
