package io.regent.broker.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataBroker;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataEndpoint;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.junit.jupiter.api.Test;

class MetadataCacheTest {
    private static final ListenerName CLIENTS = new ListenerName("CLIENTS");
    private static final ListenerName INTERNAL = new ListenerName("INTERNAL");
    private static final Uuid ORDERS_ID = Uuid.randomUuid();
    private static final Uuid BILLS_ID = Uuid.randomUuid();
    private static final short LATEST = 12;

    private final MetadataCache cache = new MetadataCache();
    private final Map<String, Uuid> ids = new HashMap<>(Map.of("orders", ORDERS_ID, "bills", BILLS_ID));

    private Set<TopicPartition> update(List<UpdateMetadataBroker> brokers, UpdateMetadataPartitionState... states) {
        return cache.update(
                new UpdateMetadataRequest.Builder((short) 8, 7, 3, 100, List.of(states), brokers, ids).build());
    }

    private static UpdateMetadataPartitionState state(String topic, int partition, int leader, Integer... replicas) {
        return new UpdateMetadataPartitionState()
                .setTopicName(topic)
                .setPartitionIndex(partition)
                .setLeader(leader)
                .setLeaderEpoch(4)
                .setZkVersion(9)
                .setIsr(List.of(replicas))
                .setReplicas(List.of(replicas))
                .setOfflineReplicas(List.of());
    }

    private static UpdateMetadataBroker broker(int id, ListenerName... listeners) {
        List<UpdateMetadataEndpoint> endpoints = new ArrayList<>();
        for (ListenerName listener : listeners) {
            endpoints.add(new UpdateMetadataEndpoint()
                    .setListener(listener.value())
                    .setHost("host-" + id)
                    .setPort(9000 + endpoints.size()));
        }
        return new UpdateMetadataBroker().setId(id).setEndpoints(endpoints).setRack("rack-" + id);
    }

    private List<UpdateMetadataBroker> twoBrokers() {
        return List.of(broker(1, CLIENTS, INTERNAL), broker(2, CLIENTS, INTERNAL));
    }

    private MetadataResponsePartition described(String topic, ListenerName listener, short version) {
        return new MetadataResponses(cache.current(), listener, version)
                .topic(topic)
                .orElseThrow()
                .partitions()
                .getFirst();
    }

    @Test
    void anUpdateAddsToWhatIsKnown() {
        update(twoBrokers(), state("orders", 0, 1, 1, 2), state("orders", 1, 2, 2, 1));
        update(twoBrokers(), state("bills", 0, 2, 2, 1));

        MetadataSnapshot now = cache.current();
        assertThat(now.topicNames()).containsExactlyInAnyOrder("orders", "bills");
        assertThat(now.partitionCount()).isEqualTo(3);
        assertThat(now.topic("orders").orElseThrow().partitionCount()).isEqualTo(2);
        assertThat(now.topicId("bills")).isEqualTo(BILLS_ID);
        assertThat(now.topicName(ORDERS_ID)).contains("orders");
        assertThat(now.controllerId()).hasValue(7);
        assertThat(now.node(2, CLIENTS).orElseThrow().port()).isEqualTo(9000);
        assertThat(now.node(2, INTERNAL).orElseThrow().rack()).isEqualTo("rack-2");
        assertThat(now.partition(new TopicPartition("orders", 1)).orElseThrow().leader())
                .isEqualTo(2);
    }

    @Test
    void snapshotsShareTheTopicsThatDidNotChange() {
        update(twoBrokers(), state("orders", 0, 1, 1), state("bills", 0, 1, 1));
        MetadataSnapshot before = cache.current();

        update(twoBrokers(), state("bills", 0, 2, 1, 2));

        assertThat(cache.current().topic("orders").orElseThrow())
                .isSameAs(before.topic("orders").orElseThrow());
        assertThat(before.partition(new TopicPartition("bills", 0))
                        .orElseThrow()
                        .leader())
                .isEqualTo(1);
    }

    @Test
    void deletedPartitionsGoAndTheirTopicWithTheLast() {
        Set<TopicPartition> heard = new HashSet<>();
        cache.addListener((now, deleted) -> heard.addAll(deleted));
        update(twoBrokers(), state("orders", 0, 1, 1), state("orders", 1, 1, 1));

        Set<TopicPartition> first = update(twoBrokers(), state("orders", 0, -2, 1));
        assertThat(first).containsExactly(new TopicPartition("orders", 0));
        assertThat(cache.current().topicName(ORDERS_ID)).contains("orders");

        update(twoBrokers(), state("orders", 1, -2, 1));
        assertThat(cache.current().contains("orders")).isFalse();
        assertThat(cache.current().topicName(ORDERS_ID)).isEmpty();
        assertThat(cache.current().partitionCount()).isZero();
        assertThat(heard).hasSize(2);
    }

    @Test
    void aTopicCreatedAgainGetsItsNewId() {
        update(twoBrokers(), state("orders", 0, 1, 1));
        Uuid again = Uuid.randomUuid();
        ids.put("orders", again);

        update(twoBrokers(), state("orders", 0, 1, 1));

        assertThat(cache.current().topicId("orders")).isEqualTo(again);
        assertThat(cache.current().topicName(ORDERS_ID)).isEmpty();
        assertThat(cache.current().topicName(again)).contains("orders");
    }

    @Test
    void aDeadLeaderIsNotAvailable() {
        update(List.of(broker(2, CLIENTS)), state("orders", 0, 1, 1, 2));

        MetadataResponsePartition partition = described("orders", CLIENTS, LATEST);

        assertThat(partition.errorCode()).isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
        assertThat(partition.leaderId()).isEqualTo(-1);
        assertThat(partition.replicaNodes()).containsExactly(1, 2);
    }

    @Test
    void aLeaderWithoutTheClientsListenerIsToldApartFromADeadOne() {
        update(List.of(broker(1, INTERNAL)), state("orders", 0, 1, 1));

        assertThat(described("orders", CLIENTS, LATEST).errorCode()).isEqualTo(Errors.LISTENER_NOT_FOUND.code());
        assertThat(described("orders", CLIENTS, (short) 5).errorCode()).isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
        assertThat(described("orders", INTERNAL, LATEST).errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void theOldestVersionListsOnlyReplicasThatCanBeReached() {
        update(List.of(broker(1, CLIENTS)), state("orders", 0, 1, 1, 2));

        MetadataResponsePartition oldest = described("orders", CLIENTS, (short) 0);

        assertThat(oldest.errorCode()).isEqualTo(Errors.REPLICA_NOT_AVAILABLE.code());
        assertThat(oldest.replicaNodes()).containsExactly(1);
        assertThat(described("orders", CLIENTS, (short) 1).errorCode()).isEqualTo(Errors.NONE.code());
    }

    @Test
    void waitingEndsWhenAllHaveALeader() throws Exception {
        TopicPartition first = new TopicPartition("orders", 0);
        TopicPartition second = new TopicPartition("orders", 1);
        var wait = cache.awaitLeaders(List.of(first, second), 60_000);

        update(twoBrokers(), state("orders", 0, 1, 1), state("orders", 1, -1, 1));
        assertThat(wait).isNotDone();
        update(twoBrokers(), state("orders", 1, 2, 1));

        assertThat(wait.get(1, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void waitingEndsAtItsTimeoutWithWhatIsMissing() throws Exception {
        update(twoBrokers(), state("orders", 0, 1, 1));
        TopicPartition missing = new TopicPartition("orders", 1);

        var wait = cache.awaitLeaders(List.of(new TopicPartition("orders", 0), missing), 20);

        assertThat(wait.get(5, TimeUnit.SECONDS)).containsExactly(missing);
        assertThat(cache.awaitLeaders(List.of(missing), 0)).isCompletedWithValue(Set.of(missing));
    }

    @Test
    void aForgedPartitionNumberIsRefusedAndChangesNothing() {
        update(twoBrokers(), state("orders", 0, 1, 1));

        assertThatThrownBy(() -> update(twoBrokers(), state("orders", Integer.MAX_VALUE, 1, 1)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("2147483647");

        assertThat(cache.current().partitionCount()).isEqualTo(1);
    }

    @Test
    void aNodeThatIsToldOnlyWhileItRulesForgetsWhatItKnewInAnEarlierReign() {
        MetadataCache ruler = MetadataCache.ofOneReign();
        ruler.update(reign(3, state("orders", 0, 1, 1, 2)));
        ruler.update(reign(3, state("orders", 1, 2, 2, 1)));
        assertThat(ruler.current().contains(new TopicPartition("orders", 0))).isTrue();

        ruler.update(reign(5, state("bills", 0, 2, 2, 1)));

        assertThat(ruler.current().topicNames()).containsExactly("bills");
    }

    private UpdateMetadataRequest reign(int controllerEpoch, UpdateMetadataPartitionState state) {
        return new UpdateMetadataRequest.Builder((short) 8, 7, controllerEpoch, -1, List.of(state), twoBrokers(), ids)
                .build();
    }
}
