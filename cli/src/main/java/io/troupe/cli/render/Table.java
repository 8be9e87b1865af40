package io.troupe.cli.render;

import java.util.ArrayList;
import java.util.List;

/** Columns with two blanks between them. The last one is wrapped to the terminal's width; nothing is cut off. */
public final class Table {
    private static final int LEAST_LAST = 24;

    private final int width;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * @param width in columns, 0 for no wrapping
     */
    public Table(int width) {
        this.width = width;
    }

    /** Adds a row; a last cell may hold line feeds, and no other. All rows have as many cells. */
    public Table row(String... cells) {
        List<String> row = new ArrayList<>();
        for (int i = 0; i < cells.length - 1; i++) {
            row.add(Plain.text(cells[i]));
        }
        row.add(cells[cells.length - 1]);
        rows.add(row);
        return this;
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        int[] widths = widths();
        int before = 0;
        for (int columns : widths) {
            before += columns + 2;
        }
        for (List<String> row : rows) {
            append(out, row, widths, before);
        }
        return out.toString();
    }

    private void append(StringBuilder out, List<String> row, int[] widths, int before) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(row.get(i)).repeat(" ", widths[i] + 2 - row.get(i).length());
        }
        int room = width == 0 ? Integer.MAX_VALUE : Math.max(LEAST_LAST, width - before);
        for (String paragraph : row.getLast().split("\n", -1)) {
            for (String part : wrapped(Plain.text(paragraph), room)) {
                line.append(part);
                out.append(line.toString().stripTrailing()).append('\n');
                line.setLength(0);
                line.repeat(" ", before);
            }
        }
    }

    private int[] widths() {
        int[] out = new int[rows.isEmpty() ? 0 : rows.getFirst().size() - 1];
        for (List<String> row : rows) {
            for (int i = 0; i < out.length; i++) {
                out[i] = Math.max(out[i], row.get(i).length());
            }
        }
        return out;
    }

    private static List<String> wrapped(String text, int room) {
        List<String> out = new ArrayList<>();
        String rest = text;
        while (rest.length() > room) {
            int blank = rest.lastIndexOf(' ', room);
            int end = blank <= 0 ? room : blank;
            out.add(rest.substring(0, end));
            rest = rest.substring(end).stripLeading();
        }
        out.add(rest);
        return out;
    }
}
