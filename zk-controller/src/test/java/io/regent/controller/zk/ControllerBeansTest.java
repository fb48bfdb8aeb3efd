package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** Dashboards find the controller's beans under Kafka's own names. */
class ControllerBeansTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();

    private Object read(String name, String attribute) throws Exception {
        return beans.getAttribute(new ObjectName("kafka.controller:" + name), attribute);
    }

    private static final Map<String, Integer> EXPECTED = Map.ofEntries(
            Map.entry("ActiveControllerCount", 1),
            Map.entry("ControllerState", 0),
            Map.entry("ActiveBrokerCount", 1),
            Map.entry("FencedBrokerCount", 0),
            Map.entry("OfflinePartitionsCount", 0),
            Map.entry("PreferredReplicaImbalanceCount", 0),
            Map.entry("GlobalTopicCount", 2),
            Map.entry("GlobalPartitionCount", 5),
            Map.entry("TopicsToDeleteCount", 1),
            Map.entry("ReplicasToDeleteCount", 2),
            Map.entry("TopicsIneligibleToDeleteCount", 1),
            Map.entry("ReplicasIneligibleToDeleteCount", 1));

    @Test
    void theGaugesOfTheControllerAreReadByTheirNames() throws Exception {
        try (ZkFixture zk = new ZkFixture().withRoots()) {
            // One replica of it is on a broker that is away, and the other's broker never confirms.
            zk.create("/brokers/topics/doomed", "{\"version\":1,\"partitions\":{\"0\":[1,9]}}");
            TestNode node = TestNode.start(zk, 1);
            node.broker().ignoreStops();
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> node.createTopic("orders", 4, 1).outcome().isOk());
            zk.create("/admin/delete_topics/doomed", null);
            for (Map.Entry<String, Integer> each : EXPECTED.entrySet()) {
                await(each.getKey())
                        .atMost(PATIENCE)
                        .ignoreExceptions()
                        .untilAsserted(() -> assertThat(read("type=KafkaController,name=" + each.getKey(), "Value"))
                                .isEqualTo(each.getValue()));
            }
        }
    }

    @Test
    void theTimersMetersAndQueuesAreReadByTheirNames() throws Exception {
        try (ZkFixture zk = new ZkFixture().withRoots()) {
            TestNode node = TestNode.start(zk, 1);
            await().atMost(PATIENCE).until(() -> node.controller().isActive());
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> node.createTopic("orders", 4, 1).outcome().isOk());
            for (String name : new String[] {"TopicChangeRateAndTimeMs", "ControllerChangeRateAndTimeMs"}) {
                assertThat((long) read("type=ControllerStats,name=" + name, "Count"))
                        .as(name)
                        .isPositive();
            }
            assertThat(read("type=ControllerStats,name=UncleanLeaderElectionsPerSec", "Count"))
                    .isEqualTo(0L);
            assertThat(read("type=ControllerEventManager,name=EventQueueSize", "Value"))
                    .isInstanceOf(Integer.class);
            assertThat((long) read("type=ControllerEventManager,name=EventQueueTimeMs", "Count"))
                    .isPositive();
            assertThat(read("type=ControllerChannelManager,name=TotalQueueSize", "Value"))
                    .isInstanceOf(Integer.class);
            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> read("type=ControllerChannelManager,name=QueueSize,broker-id=1", "Value")
                            instanceof Integer);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat((long) read(
                                    "type=ControllerChannelManager,name=RequestRateAndQueueTimeMs,broker-id=1",
                                    "Count"))
                            .isPositive());
        }
    }
}
