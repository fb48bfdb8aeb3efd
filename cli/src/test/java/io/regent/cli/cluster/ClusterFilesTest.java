package io.regent.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFilesTest {
    @TempDir
    private Path directory;

    @Test
    void internalTopicsHaveAsManyCopiesAsThereAreBrokersUpToThree() {
        ClusterFiles files = new ClusterFiles(directory);
        assertThat(files.brokerProperties(ClusterState.planned(2181, 9092, 1), 1))
                .containsEntry("offsets.topic.replication.factor", "1")
                .containsEntry("transaction.state.log.min.isr", "1");
        assertThat(files.brokerProperties(ClusterState.planned(2181, 9092, 5), 4))
                .containsEntry("offsets.topic.replication.factor", "3")
                .containsEntry("listeners", "PLAINTEXT://127.0.0.1:9095");
    }

    @Test
    void anOverrideReplacesASettingOfEveryBroker() throws IOException {
        ClusterFiles files = new ClusterFiles(directory);
        files.writeProperties(ClusterState.planned(2181, 9092, 2), Map.of("default.replication.factor", "1"));
        for (int id = 1; id <= 2; id++) {
            assertThat(Files.readAllLines(files.properties(NodeName.broker(id))))
                    .contains("default.replication.factor=1", "broker.id=" + id);
        }
    }

    @Test
    void everyNodeOfAQuorumIsBrokerAndControllerAndKnowsAllVoters() {
        ClusterFiles files = new ClusterFiles(directory);
        ClusterState state =
                new ClusterState(ClusterState.NO_ZOOKEEPER, new TreeMap<>(Map.of(1, 9092, 2, 9093, 3, 9094)), Map.of());
        assertThat(files.quorumProperties(state, new TreeMap<>(Map.of(1, 9192, 2, 9193, 3, 9194)), 2))
                .containsEntry("process.roles", "broker,controller")
                .containsEntry("node.id", "2")
                .containsEntry("listeners", "PLAINTEXT://127.0.0.1:9093,CONTROLLER://127.0.0.1:9193")
                .containsEntry("controller.quorum.voters", "1@127.0.0.1:9192,2@127.0.0.1:9193,3@127.0.0.1:9194")
                .containsEntry("offsets.topic.replication.factor", "3")
                .doesNotContainKeys("zookeeper.connect", "broker.id");
    }

    @Test
    void purgingLeavesWhatTheClusterDidNotPutThere() throws IOException {
        ClusterFiles files = new ClusterFiles(directory.resolve("cluster"));
        ClusterState state = ClusterState.planned(2181, 9092, 2);
        files.writeProperties(state, Map.of());
        state.store(files.state());
        Path foreign = Files.writeString(files.directory().resolve("notes.txt"), "mine");
        files.purge(state);
        assertThat(files.directory()).isDirectoryContaining(path -> path.equals(foreign));
        assertThat(files.directory().toFile().list()).hasSize(1);
        Files.delete(foreign);
        files.purge(state);
        assertThat(files.directory()).doesNotExist();
    }
}
