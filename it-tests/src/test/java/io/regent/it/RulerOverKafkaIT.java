package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.ZooKeeperView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A preferred node that only rules is added to a running cluster of Apache Kafka brokers, and taken away again. */
@Timeout(ItCluster.TEST_LIMIT_S)
class RulerOverKafkaIT {

    private static final int KAFKA = 1;
    private static final int OTHER_KAFKA = 2;
    private static final String UNTOUCHED = "untouched";

    @TempDir
    private Path directory;

    @AutoClose
    private MixedCluster cluster;

    @AutoClose
    private Ruler ruler;

    @AutoClose
    private ZooKeeperView zooKeeper;

    @AutoClose
    private Admin admin;

    @BeforeEach
    void startKafka() throws Exception {
        cluster = MixedCluster.ruledBy(KAFKA, 2, new MixedLauncher().kafka("kafka-3.9", KAFKA, OTHER_KAFKA), Map.of());
        ruler = new Ruler(cluster.nodes(), directory);
        zooKeeper = cluster.nodes().zooKeeper();
        admin = cluster.nodes().admin();
    }

    @Test
    void itRulesKafkasBrokersAndGivesThemBackWithNothingLost() throws Exception {
        try (InteropWalk walk = new InteropWalk(cluster)) {
            walk.createTopic();
            walk.create(UNTOUCHED, List.of(List.of(KAFKA, OTHER_KAFKA), List.of(OTHER_KAFKA, KAFKA)));
            try (AckedLoad load = new AckedLoad(cluster.nodes().bootstrap(), InteropWalk.TOPIC)) {
                load.awaitMore(200);
                takesTheReign();
                load.awaitMore(100);

                walk.expandTopic();
                changeConfigByTool();
                walk.changeConfigAndSeeItObeyed();
                walk.moveAPartitionAlong(KAFKA, OTHER_KAFKA, KAFKA);
                walk.deleteTopic("moved");
                walk.shutDownAndRestart(OTHER_KAFKA, load);
                walk.electPreferredLeaders();
                assertThat(cluster.nodes().controller().brokerId()).isEqualTo(Ruler.ID);
                assertThat(cluster.errorsOf(KAFKA)).as("errors of Kafka").isEmpty();
                assertThat(cluster.errorsOf(OTHER_KAFKA)).as("errors of Kafka").isEmpty();

                handsOver(ruler::kill);
                load.awaitMore(100);
                takesTheReign();
                handsOver(() -> {
                    ruler.stop();
                    assertThat(zooKeeper.controller().brokerId())
                            .as("the reign is given up, and does not last as long as the session of a dead controller")
                            .isNotEqualTo(Ruler.ID);
                });
                load.awaitMore(100);
                load.stopAndVerify();
                assertThat(load.failures()).isZero();
            }
        }
        assertThat(ruler.hasStoredAnything()).isFalse();
    }

    /** No leader changes, and the node is the controller to clients, but no broker. */
    private void takesTheReign() throws Exception {
        List<String> before = leaders();
        ruler.start();
        awaitController(true, Ruler.ID);
        assertThat(zooKeeper.brokers()).containsExactly(KAFKA, OTHER_KAFKA);
        String topic = "made-under-" + cluster.nodes().controller().epoch();
        cluster.nodes().create(new NewTopic(topic, 4, (short) 2));
        cluster.nodes()
                .awaitTold(
                        "the new topic at brokers only",
                        topic,
                        told -> told.size() == 4
                                && told.stream().noneMatch(made -> made.replicaIds.contains(Ruler.ID)));
        assertThat(leaders()).isEqualTo(before);
    }

    private interface End {
        void begin() throws Exception;
    }

    private void handsOver(End end) throws Exception {
        List<String> before = leaders();
        end.begin();
        int successor = ruler.awaitSuccessor();
        assertThat(successor).isIn(KAFKA, OTHER_KAFKA);
        awaitController(false, KAFKA, OTHER_KAFKA);
        assertThat(leaders()).isEqualTo(before);
    }

    private void awaitController(boolean listsRuler, Integer... any) {
        Awaitility.await("clients are told who rules")
                .atMost(ItCluster.PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    DescribeClusterResult told = admin.describeCluster();
                    assertThat(told.controller().get().id()).isIn((Object[]) any);
                    assertThat(told.nodes().get().stream()
                                    .map(Node::id)
                                    .toList()
                                    .contains(Ruler.ID))
                            .isEqualTo(listsRuler);
                });
    }

    /** The leader of each partition and its epoch, as ZooKeeper has them. */
    private List<String> leaders() throws Exception {
        List<String> leaders = new ArrayList<>(cluster.nodes().leadersOf(InteropWalk.TOPIC));
        leaders.addAll(cluster.nodes().leadersOf(UNTOUCHED));
        return leaders;
    }

    private void changeConfigByTool() throws Exception {
        String printed = KafkaTool.CONFIGS.on(
                cluster.nodes(),
                "--entity-type",
                "topics",
                "--entity-name",
                UNTOUCHED,
                "--alter",
                "--add-config",
                "retention.ms=60000000");
        assertThat(printed).contains("Completed updating config for topic " + UNTOUCHED);
    }
}
