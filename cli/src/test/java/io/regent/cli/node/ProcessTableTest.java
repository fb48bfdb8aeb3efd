package io.regent.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProcessTableTest {
    private Process sleeper;
    private NodeProcess process;

    @BeforeEach
    void startAProcess() throws IOException {
        sleeper = new ProcessBuilder("sleep", "120").start();
        process = NodeProcess.of(sleeper.toHandle());
    }

    @AfterEach
    void endIt() {
        sleeper.destroyForcibly();
    }

    @Test
    void aProcessIsRunningPausedAndGone() {
        assertThat(ProcessTable.conditionOf(process)).isEqualTo(Condition.RUNNING);
        Signal.STOP.send(process.pid());
        awaitCondition(Condition.PAUSED);
        Signal.CONT.send(process.pid());
        awaitCondition(Condition.RUNNING);
        Signal.KILL.send(process.pid());
        awaitCondition(Condition.GONE);
    }

    @Test
    void aPidThatWasGivenToAnotherProcessIsNotTheNode() {
        NodeProcess before = new NodeProcess(process.pid(), process.startedMs() - 3_600_000);
        assertThat(ProcessTable.find(before)).isEmpty();
        assertThat(ProcessTable.conditionOf(before)).isEqualTo(Condition.GONE);
    }

    @Test
    void aStartTimeThatTheSystemCorrectedByASecondIsStillTheNode() {
        NodeProcess before = new NodeProcess(process.pid(), process.startedMs() + 1_000);
        assertThat(ProcessTable.find(before)).isPresent();
    }

    @Test
    void aZombieIsGone() {
        assertThat(ProcessTable.conditionOfState('Z')).isEqualTo(Condition.GONE);
        assertThat(ProcessTable.conditionOfState('t')).isEqualTo(Condition.PAUSED);
        assertThat(ProcessTable.conditionOfState('S')).isEqualTo(Condition.RUNNING);
    }

    private void awaitCondition(Condition expected) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(10))
                .until(() -> ProcessTable.conditionOf(process) == expected);
    }
}
