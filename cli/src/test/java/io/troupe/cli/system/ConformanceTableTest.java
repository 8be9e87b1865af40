package io.troupe.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/conformance.md has the table that ConformanceIT proves; {@code -Dtroupe.conformance=write} writes it. */
class ConformanceTableTest {
    private static final Path DOCUMENT = Path.of("../docs/conformance.md");
    private static final String BEGIN = "<!-- fields: written by ConformanceTableTest -->\n";
    private static final String END = "<!-- end of fields -->\n";

    @Test
    void the_document_shows_the_table_as_it_is() throws IOException {
        String document = Files.readString(DOCUMENT);
        String wanted = document.substring(0, document.indexOf(BEGIN) + BEGIN.length())
                + table(ConformanceRow.all())
                + document.substring(document.indexOf(END));
        if ("write".equals(System.getProperty("troupe.conformance"))) {
            Files.writeString(DOCUMENT, wanted);
        } else {
            assertThat(document).isEqualTo(wanted);
        }
    }

    @Test
    void every_row_says_what_is_seen_or_why_it_is_refused() {
        assertThat(ConformanceRow.all())
                .hasSizeGreaterThan(50)
                .allSatisfy(row -> assertThat(row.seen().isEmpty())
                        .as(row.field())
                        .isNotEqualTo(row.refused().isEmpty()));
    }

    private static String table(List<ConformanceRow> rows) {
        StringBuilder text = new StringBuilder();
        String section = "";
        for (ConformanceRow row : rows) {
            if (!row.section().equals(section)) {
                section = row.section();
                text.append("\n### ")
                        .append(section)
                        .append("\n\n| field | config.json | looked at by | seen | crun 1.8 |\n");
                text.append("|---|---|---|---|---|\n");
            }
            text.append("| ").append(row.field());
            text.append(" | ").append(edits(row));
            text.append(" | ").append(row.inside().isEmpty() ? "" : code(row.inside()));
            text.append(" | ").append(seen(row));
            text.append(" | ").append(row.differs().isEmpty() ? "same" : row.differs());
            text.append(" |\n");
        }
        return text.append('\n').toString();
    }

    private static String edits(ConformanceRow row) {
        return row.edits().stream()
                .map(edit -> code(
                        switch (edit.word()) {
                            case "set" -> edit.pointer() + " = " + edit.json();
                            case "add" -> edit.pointer() + " += " + edit.json();
                            default -> edit.pointer() + " removed";
                        }))
                .collect(Collectors.joining("<br>"));
    }

    private static String seen(ConformanceRow row) {
        return row.refused().isEmpty()
                ? row.seen().stream().map(ConformanceTableTest::code).collect(Collectors.joining("<br>"))
                : "refused: " + row.refused().replace("|", "\\|");
    }

    private static String code(String text) {
        return "`" + text.strip().replace("|", "\\|") + "`";
    }
}
