package io.regent.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Lays rows of text out in columns as wide as their widest cell.
 *
 * <p>One thread. Never prints.
 */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(String... headings) {
        row(headings);
    }

    /** Adds a row; it has as many cells as there are headings. */
    public TextTable row(String... cells) {
        if (!rows.isEmpty() && rows.get(0).size() != cells.length) {
            throw new IllegalArgumentException("a row of " + cells.length + " cells in a table of "
                    + rows.get(0).size() + " columns");
        }
        rows.add(Arrays.asList(cells));
        return this;
    }

    /** The lines, headings first, without trailing blanks. */
    public List<String> lines() {
        return rows.stream().map(this::line).toList();
    }

    private String line(List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            String cell = row.get(column);
            line.append(cell).append(" ".repeat(width(column) - cell.length())).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
