package io.regent.cli.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterUnderTestTest {
    private static final Endpoint VICTIM = new Endpoint(2, "127.0.0.1", 9093);

    @Test
    void aCommandGetsItsPlaceholdersAndItsEnvironment(@TempDir Path directory) throws IOException {
        Path told = directory.resolve("told");
        String command = "echo {id} {host} {port} $REGENT_BROKER_ID $REGENT_BROKER_HOST $REGENT_BROKER_PORT > " + told;
        new ExternalCluster("h:1", command, null, null).kill(VICTIM);
        assertThat(Files.readString(told)).isEqualToIgnoringNewLines("2 127.0.0.1 9093 2 127.0.0.1 9093");
    }

    @Test
    void aCommandThatFailsIsToldWithItsOutput() {
        ExternalCluster cluster = new ExternalCluster("h:1", "echo no such broker; exit 3", null, null);
        assertThatThrownBy(() -> cluster.kill(VICTIM))
                .isInstanceOf(CommandFailure.class)
                .hasMessage("--kill-command ended with 3: no such broker");
    }

    @Test
    void aHostNameThatMeansSomethingToTheShellNeverReachesIt() {
        Endpoint evil = new Endpoint(2, "h; rm -rf x", 9093);
        assertThatThrownBy(() -> ExternalCluster.filled("kill {host}", evil)).isInstanceOf(CommandFailure.class);
    }

    @Test
    void withoutARestartCommandNothingIsRestarted() {
        assertThat(new ExternalCluster("h:1", "true", null, null).canRestart()).isFalse();
        assertThat(new ExternalCluster("h:1", "true", "true", null).canRestart())
                .isTrue();
    }

    @Test
    void aBootstrapAddressNeedsHostAndPort() {
        assertThat(ClusterObserver.parse("::1:9092")).isEqualTo(new Endpoint(-1, "::1", 9092));
        assertThatThrownBy(() -> ClusterObserver.parse("localhost")).isInstanceOf(CommandFailure.class);
        assertThatThrownBy(() -> ClusterObserver.parse("localhost:x")).isInstanceOf(CommandFailure.class);
    }
}
