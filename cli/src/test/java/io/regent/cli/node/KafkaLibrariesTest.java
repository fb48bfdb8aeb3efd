package io.regent.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaLibrariesTest {
    @TempDir
    private Path home;

    private Path distribution(String version) throws IOException {
        Path libraries = Files.createDirectories(home.resolve("libs"));
        Files.createFile(libraries.resolve("kafka-clients-" + version + ".jar"));
        Files.createFile(libraries.resolve("kafka_2.13-" + version + ".jar"));
        return libraries;
    }

    @Test
    void aDistributionAndItsDirectoryOfJarsAreBothFound() throws IOException {
        Path libraries = distribution("3.9.2");
        assertThat(KafkaLibraries.in(home)).isEqualTo(new KafkaLibraries(libraries, "3.9.2"));
        assertThat(KafkaLibraries.in(libraries)).isEqualTo(new KafkaLibraries(libraries, "3.9.2"));
    }

    @Test
    void aKafkaWithoutZooKeeperIsNotStartedOnOne() throws IOException {
        distribution("4.3.1");
        assertThatThrownBy(() -> new KafkaLauncher(home))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("Kafka 4.3.1")
                .hasMessageContaining("has no ZooKeeper mode");
    }

    @Test
    void storageIsFormattedWithTheClusterIdAndTheNodesOwnProperties() throws IOException {
        distribution("4.3.1");
        List<String> command = new KRaftLauncher(home).formatCommand(home.resolve("server.properties"), "abc");
        assertThat(command)
                .containsSubsequence("kafka.tools.StorageTool", "format", "--cluster-id", "abc", "--config")
                .endsWith(home.resolve("server.properties").toString());
    }
}
