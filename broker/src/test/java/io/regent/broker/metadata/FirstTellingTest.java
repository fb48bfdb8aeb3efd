package io.regent.broker.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataBroker;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.junit.jupiter.api.Test;

class FirstTellingTest {
    private static final Map<String, Uuid> IDS = Map.of("orders", Uuid.randomUuid(), "bills", Uuid.randomUuid());

    private final MetadataCache cache = new MetadataCache();
    private final AtomicLong nowNanos = new AtomicLong();
    private final FirstTelling first = new FirstTelling(cache, List.of("orders", "bills"), nowNanos::get);

    private void tell(List<UpdateMetadataPartitionState> partitions) {
        var unused = cache.update(new UpdateMetadataRequest.Builder(
                        (short) 8, 7, 3, 100, partitions, List.of(new UpdateMetadataBroker().setId(2)), IDS)
                .build());
    }

    private static UpdateMetadataPartitionState leads(String topic, int leader) {
        return new UpdateMetadataPartitionState()
                .setTopicName(topic)
                .setPartitionIndex(0)
                .setLeader(leader)
                .setLeaderEpoch(1)
                .setIsr(List.of(1, 2))
                .setReplicas(List.of(1, 2))
                .setOfflineReplicas(List.of());
    }

    @Test
    void aTopicThatExistsIsWaitedForUntilItIsTold() throws Exception {
        tell(List.of());
        CompletableFuture<Void> orders = first.of(List.of("orders"));
        CompletableFuture<Void> all = first.ofAll();
        assertThat(orders).isNotDone();

        tell(List.of(leads("orders", 1)));

        orders.get(1, TimeUnit.SECONDS);
        assertThat(first.isUntold("orders")).isFalse();
        assertThat(first.isUntold("bills")).isTrue();
        assertThat(all).isNotDone();
        tell(List.of(leads("bills", 1)));
        all.get(1, TimeUnit.SECONDS);
    }

    @Test
    void aTopicThatWasNotThereAtTheStartIsNotWaitedFor() {
        tell(List.of());

        assertThat(first.of(List.of("nowhere"))).isDone();
        assertThat(first.isUntold("nowhere")).isFalse();
    }

    @Test
    void nothingIsAnsweredBeforeTheLiveBrokersAreKnown() throws Exception {
        CompletableFuture<Void> wait = first.of(List.of());
        assertThat(wait).isNotDone();

        tell(List.of());

        wait.get(1, TimeUnit.SECONDS);
    }

    @Test
    void aTopicThatIsDeletedIsNotExpectedAnyMore() {
        tell(List.of(leads("orders", SnapshotUpdate.LEADER_DURING_DELETE)));

        assertThat(first.isUntold("orders")).isFalse();
        assertThat(first.of(List.of("orders"))).isDone();
    }

    @Test
    void aTopicThatNobodyTellsOfIsExpectedForAWhileOnly() {
        tell(List.of());
        nowNanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(FirstTelling.EXPECTED_MS));

        assertThat(first.isUntold("orders")).isFalse();
        assertThat(first.of(List.of("orders"))).isDone();
        assertThat(first.ofAll()).isDone();
    }

    @Test
    void theWaitEndsThoughNothingIsTold() throws Exception {
        first.ofAll().get(10, TimeUnit.SECONDS);

        assertThat(first.isUntold("orders")).isTrue();
    }
}
