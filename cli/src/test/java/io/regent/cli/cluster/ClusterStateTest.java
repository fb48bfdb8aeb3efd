package io.regent.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterStateTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("not").resolve("yet").resolve("cluster.properties");
    }

    @Test
    void whatIsStoredIsReadBack() {
        ClusterState state = ClusterState.planned(2181, 9092, 3)
                .with(NodeName.ZOOKEEPER, new NodeProcess(100, 1_795_288_331_132L))
                .with(NodeName.broker(2), new NodeProcess(102, 0));
        state.store(file);
        assertThat(ClusterState.load(file)).contains(state);
    }

    @Test
    void brokersTakeConsecutivePortsAndIdsFromOne() {
        assertThat(ClusterState.planned(2181, 9092, 3).brokerPorts())
                .containsExactlyInAnyOrderEntriesOf(Map.of(1, 9092, 2, 9093, 3, 9094));
    }

    @Test
    void aNodeThatStartsAgainReplacesItsFormerProcess() {
        ClusterState state = ClusterState.planned(2181, 9092, 1)
                .with(NodeName.broker(1), new NodeProcess(1_000, 1))
                .with(NodeName.broker(1), new NodeProcess(2_000, 2));
        assertThat(state.processOf(NodeName.broker(1))).contains(new NodeProcess(2_000, 2));
        assertThat(state.processOf(NodeName.ZOOKEEPER)).isEmpty();
    }

    @Test
    void thereNeedBeNoFile() {
        assertThat(ClusterState.load(file)).isEmpty();
    }

    @Test
    void aBrokenFileIsNamedWithTheReason() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "zookeeper.port=2181\nbroker-1.port=9092\nbroker-1.pid=12x\nbroker-1.started.ms=1\n");
        assertThatThrownBy(() -> ClusterState.load(file))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("broker-1.pid is not a number: 12x");
        Files.writeString(file, "broker-1.port=9092\n");
        assertThatThrownBy(() -> ClusterState.load(file)).hasMessageContaining("zookeeper.port is missing");
    }
}
