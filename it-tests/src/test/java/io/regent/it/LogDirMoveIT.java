package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartitionReplica;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica is moved between two log directories of its broker, by Apache Kafka's own tool and under acks=all traffic. */
class LogDirMoveIT {

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
        cluster.create(ItCluster.placed(REPLICA.topic(), List.of(List.of(1))));
        try (Admin admin = cluster.admin();
                AckedLoad load = new AckedLoad(cluster.bootstrap(), REPLICA.topic())) {
            load.awaitMore(100);
            String target = directory
                    .resolve(home(admin).endsWith("first") ? "second" : "first")
                    .toString();
            Path plan = KafkaTool.plan(
                    directory.resolve("plan.json"),
                    REPLICA.topic(),
                    "\"replicas\":[1],\"log_dirs\":[\"" + target + "\"]");

            assertThat(KafkaTool.reassign(cluster, "--execute", plan, "--replica-alter-log-dirs-throttle", "100000000"))
                    .contains("Successfully started moving log directory to " + target + " for replica moved-0");
            Awaitility.await("the move")
                    .atMost(ItCluster.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> home(admin).equals(target));
            load.awaitMore(100);

            assertThat(KafkaTool.reassign(cluster, "--verify", plan))
                    .contains("Reassignment of replica moved-0-1 completed successfully")
                    .contains("Clearing broker-level throttles");
            load.stopAndVerify();
        }
    }

    private static String home(Admin admin) throws Exception {
        return admin.describeReplicaLogDirs(List.of(REPLICA))
                .all()
                .get()
                .get(REPLICA)
                .getCurrentReplicaLogDir();
    }
}
