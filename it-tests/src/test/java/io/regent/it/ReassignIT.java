package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.ControllerSeat;
import io.regent.it.PeerProcess.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Partitions are moved between four brokers, by Apache Kafka's own tool and under acks=all traffic. */
class ReassignIT {

    private static final String REASSIGN = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";

    private static ItCluster cluster;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = ItCluster.start(4, Map.of());
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    @Test
    void kafkasToolMovesAPartitionAndNothingAcknowledgedIsLost() throws Exception {
        create("moved", List.of(1, 2));
        try (AckedLoad load = new AckedLoad(cluster.bootstrap(), "moved")) {
            load.awaitMore(100);
            Path plan = plan("moved", "4,3");

            assertThat(tool("--execute", plan)).contains("Successfully started partition reassignment for moved-0");
            awaitReplicas("moved", 4, 3);
            load.awaitMore(100);

            assertThat(tool("--verify", plan)).contains("Reassignment of partition moved-0 is completed");
            load.stopAndVerify();
        }
    }

    @Test
    void aReassignmentGoesOnWhenItsControllerIsKilled() throws Exception {
        create("survivor", List.of(1, 2));
        try (AckedLoad load = new AckedLoad(cluster.bootstrap(), "survivor")) {
            load.awaitMore(100);
            ControllerSeat before = cluster.controller();
            try (Admin admin = cluster.admin()) {
                admin.alterPartitionReassignments(Map.of(
                                new TopicPartition("survivor", 0),
                                Optional.of(new NewPartitionReassignment(List.of(3, 4)))))
                        .all()
                        .get();
            }
            cluster.kill(before.brokerId());
            cluster.awaitControllerAfter(before.epoch());
            cluster.startBroker(before.brokerId());
            cluster.awaitServing(before.brokerId());

            awaitReplicas("survivor", 3, 4);
            load.awaitMore(100);
            load.stopAndVerify();
        }
    }

    private static void create(String topic, List<Integer> replicas) throws Exception {
        try (Admin admin = cluster.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, Map.of(0, replicas))))
                    .all()
                    .get();
        }
    }

    private static void awaitReplicas(String topic, Integer... replicas) {
        Awaitility.await(topic + " on " + List.of(replicas))
                .atMost(ItCluster.PATIENCE)
                .ignoreExceptions()
                .until(() -> replicas(topic).equals(List.of(replicas)));
    }

    private static List<Integer> replicas(String topic) throws Exception {
        try (Admin admin = cluster.admin()) {
            TopicPartitionInfo partition = admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .get(0);
            return partition.replicas().stream().map(Node::id).toList();
        }
    }

    private Path plan(String topic, String replicas) throws Exception {
        String json = "{\"version\":1,\"partitions\":[{\"topic\":\"" + topic + "\",\"partition\":0,\"replicas\":["
                + replicas + "]}]}";
        return Files.writeString(directory.resolve(topic + ".json"), json);
    }

    /** Throttles are left as they are, as there are none; executing knows no such option. */
    private static String tool(String action, Path plan) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--bootstrap-server", cluster.bootstrap(), action, "--reassignment-json-file", plan.toString()));
        if (!action.equals("--execute")) {
            arguments.add("--preserve-throttles");
        }
        Result result = PeerProcess.java("kafka-3.9", REASSIGN, arguments.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.output()).isZero();
        return result.output();
    }
}
