package io.regent.broker.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataBroker;
import org.apache.kafka.common.message.UpdateMetadataRequestData.UpdateMetadataPartitionState;
import org.apache.kafka.common.requests.UpdateMetadataRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MovingLeadersTest {
    private static final Map<String, Uuid> IDS = Map.of("orders", Uuid.randomUuid(), "bills", Uuid.randomUuid());

    private final MetadataCache cache = new MetadataCache();
    private final Set<Integer> suspects = ConcurrentHashMap.newKeySet();
    private final MovingLeaders leaders = new MovingLeaders(cache, suspects::contains, 60_000);

    @BeforeEach
    void twoTopics() {
        lead("orders", 1, 4);
        lead("bills", 2, 4);
    }

    private void lead(String topic, int leader, int epoch) {
        UpdateMetadataPartitionState state = new UpdateMetadataPartitionState()
                .setTopicName(topic)
                .setPartitionIndex(0)
                .setLeader(leader)
                .setLeaderEpoch(epoch)
                .setIsr(List.of(1, 2))
                .setReplicas(List.of(1, 2))
                .setOfflineReplicas(List.of());
        var unused = cache.update(new UpdateMetadataRequest.Builder(
                        (short) 8, 7, 3, 100, List.of(state), List.of(new UpdateMetadataBroker().setId(2)), IDS)
                .build());
    }

    @Test
    void nothingWaitsWhileNobodyIsSuspect() {
        assertThat(leaders.settled(() -> List.of("orders", "bills"))).isDone();
    }

    @Test
    void whatSuspectsLeadIsWaitedForUntilItIsLedByAnother() throws Exception {
        suspects.add(1);
        CompletableFuture<Void> settled = leaders.settled(() -> List.of("orders"));
        assertThat(settled).isNotDone();

        lead("orders", 2, 5);

        settled.get(10, TimeUnit.SECONDS);
    }

    @Test
    void topicsThatNoSuspectLeadsAreAnsweredAtOnce() {
        suspects.add(1);

        assertThat(leaders.settled(() -> List.of("bills", "nowhere"))).isDone();
    }

    @Test
    void aPartitionWithoutALeaderIsNotWaitedFor() {
        suspects.add(1);
        lead("orders", -1, 5);

        assertThat(leaders.settled(() -> List.of("orders"))).isDone();
    }

    @Test
    void theWaitEndsWhenTheSuspectTurnsOutToLive() throws Exception {
        suspects.add(1);
        CompletableFuture<Void> settled = leaders.settled(() -> List.of("orders"));
        assertThat(settled).isNotDone();

        suspects.clear();

        settled.get(10, TimeUnit.SECONDS);
    }

    @Test
    void theWaitEndsThoughNothingHappens() throws Exception {
        suspects.add(1);

        new MovingLeaders(cache, suspects::contains)
                .settled(() -> List.of("orders"))
                .get(10, TimeUnit.SECONDS);
    }
}
