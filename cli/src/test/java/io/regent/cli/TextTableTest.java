package io.regent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        TextTable table =
                new TextTable("ID", "ADDRESS").row("1", "127.0.0.1:9092").row("zookeeper", "-");
        assertThat(table.lines()).containsExactly("ID         ADDRESS", "1          127.0.0.1:9092", "zookeeper  -");
    }

    @Test
    void aRowOfAnotherLengthIsRefused() {
        TextTable table = new TextTable("ID", "ADDRESS");
        assertThatThrownBy(() -> table.row("1")).isInstanceOf(IllegalArgumentException.class);
    }
}
