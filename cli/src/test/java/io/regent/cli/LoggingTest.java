package io.regent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoggingTest {
    @Test
    void serversTellWhatTheyDoAndOtherCommandsAreSilent() {
        assertThat(Logging.level(true, null)).isEqualTo("INFO");
        assertThat(Logging.level(false, null)).isEqualTo("OFF");
    }

    @Test
    void theUsersLevelWins() {
        assertThat(Logging.level(true, "WARN")).isEqualTo("WARN");
        assertThat(Logging.level(false, " DEBUG ")).isEqualTo("DEBUG");
        assertThat(Logging.level(true, " ")).isEqualTo("INFO");
    }
}
