package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.it.PeerProcess.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartitionReplica;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica is moved between two log directories of its broker, by Apache Kafka's own tool and under acks=all traffic. */
class LogDirMoveIT {

    private static final String REASSIGN = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";
    private static final TopicPartitionReplica REPLICA = new TopicPartitionReplica("moved", 0, 1);

    @TempDir
    private static Path directory;

    @AutoClose
    private static ItCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        String logDirs = directory.resolve("first") + "," + directory.resolve("second");
        cluster = ItCluster.start(1, Map.of("log.dirs", logDirs));
    }

    @Test
    void kafkasToolMovesALogToAnotherDirectoryAndNothingAcknowledgedIsLost() throws Exception {
        try (Admin admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic(REPLICA.topic(), Map.of(0, List.of(1)))))
                    .all()
                    .get();
            try (AckedLoad load = new AckedLoad(cluster.bootstrap(), REPLICA.topic())) {
                load.awaitMore(100);
                String target = directory
                        .resolve(home(admin).endsWith("first") ? "second" : "first")
                        .toString();
                Path plan = plan(target);

                assertThat(run("--execute", plan, "--replica-alter-log-dirs-throttle", "100000000"))
                        .contains("Successfully started moving log directory to " + target + " for replica moved-0");
                Awaitility.await("the move")
                        .atMost(ItCluster.PATIENCE)
                        .ignoreExceptions()
                        .until(() -> home(admin).equals(target));
                load.awaitMore(100);

                assertThat(run("--verify", plan))
                        .contains("Reassignment of replica moved-0-1 completed successfully")
                        .contains("Clearing broker-level throttles");
                load.stopAndVerify();
            }
        }
    }

    private static String home(Admin admin) throws Exception {
        return admin.describeReplicaLogDirs(List.of(REPLICA))
                .all()
                .get()
                .get(REPLICA)
                .getCurrentReplicaLogDir();
    }

    private static Path plan(String logDir) throws Exception {
        String json = "{\"version\":1,\"partitions\":[{\"topic\":\"" + REPLICA.topic()
                + "\",\"partition\":0,\"replicas\":[1],\"log_dirs\":[\"" + logDir + "\"]}]}";
        return Files.writeString(directory.resolve("plan.json"), json);
    }

    private static String run(String action, Path plan, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--bootstrap-server", cluster.bootstrap(), action, "--reassignment-json-file", plan.toString()));
        arguments.addAll(List.of(options));
        Result result = PeerProcess.java("kafka-3.9", REASSIGN, arguments.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }
}
