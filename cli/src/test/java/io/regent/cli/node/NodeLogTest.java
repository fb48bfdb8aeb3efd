package io.regent.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeLogTest {
    @Test
    void theLastErrorIsTheReason() {
        assertThat(NodeLog.reason(List.of("regent broker: first", "regent broker: port 9092 is taken", "and more")))
                .isEqualTo("regent broker: port 9092 is taken");
    }

    @Test
    void withoutAnErrorItIsTheLastLine() {
        assertThat(NodeLog.reason(List.of("starting", " Killed "))).isEqualTo("Killed");
        assertThat(NodeLog.reason(List.of())).isEmpty();
    }

    @Test
    void aLogThatIsNotThereIsSaid() {
        assertThat(NodeLog.reason(Path.of("/nowhere/at/all"))).startsWith("its log cannot be read");
    }
}
