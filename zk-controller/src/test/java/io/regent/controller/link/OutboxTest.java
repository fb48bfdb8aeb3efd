package io.regent.controller.link;

import static io.regent.controller.link.Fixtures.image;
import static io.regent.controller.link.Fixtures.to1;
import static io.regent.controller.link.Fixtures.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.regent.controller.Announcements;
import io.regent.controller.NewReplicas;
import io.regent.controller.StopReplica;
import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutboxTest {

    private static final int MAX_BYTES = 100_000_000;
    private static final PartitionId A0 = new PartitionId("a", 0);
    private static final PartitionId A1 = new PartitionId("a", 1);

    private final Outbox outbox = new Outbox(1, MAX_BYTES);
    private final List<Served> served = new ArrayList<>();
    private final List<StopReplica> stopped = new ArrayList<>();

    /** A partition that the broker is told to lead or follow, in this leader epoch. */
    private record Served(PartitionId partition, int leaderEpoch, boolean isNew) {}

    private static List<Served> served(List<TopicStates> topics) {
        List<Served> served = new ArrayList<>();
        for (TopicStates topic : topics) {
            for (int i = 0; i < topic.size(); i++) {
                PartitionId partition = new PartitionId(topic.name(), topic.number(i));
                served.add(new Served(partition, topic.image(i).state(partition).leaderEpoch(), topic.isNew(i)));
            }
        }
        return served;
    }

    private void drain() {
        for (Optional<Outbox.Batch> batch = outbox.next(); batch.isPresent(); batch = outbox.next()) {
            if (batch.get() instanceof Outbox.Batch.LeaderAndIsr told) {
                served.addAll(served(told.topics()));
            } else if (batch.get() instanceof Outbox.Batch.StopReplicas told) {
                stopped.addAll(told.stops());
            }
        }
        assertThat(outbox.isEmpty()).isTrue();
    }

    private static ClusterImage cluster(int leaderEpoch) {
        return image(List.of(), topic("a", 3, leaderEpoch));
    }

    private <T extends Outbox.Batch> T next(Class<T> type) {
        return type.cast(outbox.next().orElseThrow());
    }

    /** Past the first UpdateMetadata, which says who rules. */
    private void begun() {
        outbox.add(to1(ClusterImage.EMPTY, PartitionSet.EMPTY, PartitionSet.EMPTY));
        next(Outbox.Batch.UpdateMetadata.class);
    }

    @Test
    void whoRulesIsToldBeforeAnythingElse() {
        PartitionSet all = PartitionSet.ofAll(cluster(1));
        outbox.add(to1(cluster(1), all, all));
        assertThat(next(Outbox.Batch.UpdateMetadata.class).topics()).isEmpty();
        assertThat(served(next(Outbox.Batch.LeaderAndIsr.class).topics())).hasSize(3);
        assertThat(served(next(Outbox.Batch.UpdateMetadata.class).topics())).hasSize(3);
        assertThat(outbox.next()).isEmpty();
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void metadataIsMuchWhenMuchOfItCameInSinceTheLastLull() {
        begun();
        ClusterImage large = image(List.of(), topic("a", Outbox.MUCH_METADATA, 1));
        PartitionSet half = PartitionSet.of(IntStream.range(0, Outbox.MUCH_METADATA / 2)
                .mapToObj(number -> new PartitionId("a", number))
                .toList());

        outbox.add(to1(large, PartitionSet.EMPTY, half));
        assertThat(outbox.hasMuchMetadata()).isFalse();
        drain();
        outbox.add(to1(large, PartitionSet.EMPTY, half));
        assertThat(outbox.hasMuchMetadata()).as("in parts").isTrue();
        drain();
        assertThat(outbox.hasMuchMetadata()).as("with none left").isFalse();

        outbox.lull();
        outbox.add(to1(large, PartitionSet.EMPTY, half));
        assertThat(outbox.hasMuchMetadata()).as("after a lull").isFalse();
        outbox.add(to1(large, PartitionSet.EMPTY, PartitionSet.ofAll(large)));
        assertThat(outbox.hasMuchMetadata()).as("at once").isTrue();
    }

    @Test
    void whatIsForOthersIsNotTold() {
        begun();
        Outbox other = new Outbox(2, MAX_BYTES);
        PartitionSet all = PartitionSet.ofAll(cluster(1));
        other.add(to1(cluster(1), all, all));
        assertThat(other.isEmpty()).isTrue();
    }

    @Test
    void ofEachPartitionOnlyTheNewestStateIsTold() {
        begun();
        outbox.add(to1(cluster(1), PartitionSet.of(A0, A1), PartitionSet.of(A0, A1)));
        outbox.add(to1(cluster(2), PartitionSet.of(A1), PartitionSet.of(A1)));

        assertThat(outbox.size()).isEqualTo(4);
        drain();
        assertThat(served).extracting(Served::leaderEpoch).containsExactly(1, 2);
    }

    @Test
    void aPartitionThatIsStoppedIsNotToldToServe() {
        begun();
        outbox.add(to1(cluster(1), PartitionSet.of(A0, A1), PartitionSet.EMPTY));
        outbox.add(to1(cluster(1), PartitionSet.EMPTY, PartitionSet.EMPTY, new StopReplica(A0, 1, false)));
        drain();
        assertThat(stopped).extracting(StopReplica::partition).containsExactly(A0);
        assertThat(served).extracting(Served::partition).containsExactly(A1);
    }

    @Test
    void aPartitionThatServesAgainIsNotStoppedUnlessItIsDeleted() {
        begun();
        outbox.add(to1(
                cluster(1),
                PartitionSet.EMPTY,
                PartitionSet.EMPTY,
                new StopReplica(A0, 1, false),
                new StopReplica(A1, StopReplica.DURING_DELETE, true)));
        outbox.add(to1(cluster(2), PartitionSet.of(A0, A1), PartitionSet.EMPTY));
        drain();
        assertThat(stopped).extracting(StopReplica::partition).containsExactly(A1);
    }

    @Test
    void aReplicaThatIsMovedBackIsNotDeletedByAnOrderThatStillWaits() {
        begun();
        outbox.add(to1(cluster(1), PartitionSet.EMPTY, PartitionSet.EMPTY, new StopReplica(A0, 1, true)));
        outbox.add(to1(cluster(2), PartitionSet.of(A0), PartitionSet.EMPTY));
        drain();
        assertThat(stopped).isEmpty();
        assertThat(served).extracting(Served::partition).containsExactly(A0);
    }

    @Test
    void aReplicaThatIsAddedIsNewOnItsBrokerOnly() {
        begun();
        outbox.add(new Announcements(
                cluster(0),
                Fixtures.map(PartitionSet.of(A0, A1)),
                new NewReplicas(
                        PartitionSet.EMPTY, new TreeMap<>(Map.of(1, PartitionSet.of(A0), 2, PartitionSet.of(A1)))),
                new TreeMap<>(),
                new TreeMap<>()));
        drain();
        assertThat(served).extracting(Served::isNew).containsExactly(true, false);
    }

    @Test
    void aNewPartitionStaysNewUntilItWasTold() {
        begun();
        outbox.add(new Announcements(
                cluster(0),
                Fixtures.map(PartitionSet.of(A0)),
                new NewReplicas(PartitionSet.of(A0), new TreeMap<>()),
                new TreeMap<>(),
                new TreeMap<>()));
        outbox.add(to1(cluster(1), PartitionSet.of(A0, A1), PartitionSet.EMPTY));
        drain();
        assertThat(served).extracting(Served::isNew).containsExactly(true, false);
    }

    @Test
    void aLargeAnnouncementIsSharedAndOverriddenPieceByPiece() {
        begun();
        ClusterImage older = image(List.of(), topic("wide", 5_000, 1));
        ClusterImage newer = image(List.of(), topic("wide", 5_000, 2));
        PartitionSet changed = PartitionSet.of(new PartitionId("wide", 7), new PartitionId("wide", 4_999));
        outbox.add(to1(older, PartitionSet.ofAll(older), PartitionSet.EMPTY));
        outbox.add(to1(newer, changed, PartitionSet.EMPTY));
        assertThat(outbox.size()).isEqualTo(5_000);

        List<Served> told = served(next(Outbox.Batch.LeaderAndIsr.class).topics());
        assertThat(told)
                .hasSize(5_000)
                .allSatisfy(
                        each -> assertThat(each.leaderEpoch()).isEqualTo(changed.contains(each.partition()) ? 2 : 1));
        next(Outbox.Batch.UpdateMetadata.class);
        outbox.add(to1(newer, PartitionSet.ofAll(newer), PartitionSet.EMPTY));
        outbox.add(to1(older, changed, PartitionSet.EMPTY));
        assertThat(outbox.size()).isEqualTo(5_000);
    }

    @Test
    void aTopicThatWasMadeAnewHasItsNewIdThoughWhatIsGoneIsStillToBeTold() {
        begun();
        TopicImage old = topic("wide", 5, 1);
        Assignment[] assignments = {Assignment.of(Replicas.of(1, 2)), Assignment.of(Replicas.of(1, 2))};
        PartitionState[] states = {old.state(0), old.state(1)};
        TopicImage young = TopicImage.of("wide", new TopicId(8, 8), Map.of(), 0, assignments, states);
        outbox.add(to1(image(List.of(), old), PartitionSet.EMPTY, PartitionSet.ofAll(image(List.of(), old))));
        outbox.add(to1(image(List.of(), young), PartitionSet.EMPTY, PartitionSet.ofAll(image(List.of(), young))));

        assertThat(next(Outbox.Batch.UpdateMetadata.class).topics())
                .singleElement()
                .satisfies(told -> {
                    assertThat(told.size()).isEqualTo(5);
                    assertThat(TopicBytes.id(told)).isEqualTo(new TopicId(8, 8));
                });
    }

    @Test
    void metadataIsToldInChunksThatABrokerTakes() {
        begun();
        ClusterImage image = image(List.of(), topic("wide", 60_000, 1));
        PartitionSet all = PartitionSet.ofAll(image);
        outbox.add(to1(image, PartitionSet.EMPTY, all));
        outbox.add(to1(image, PartitionSet.of(new PartitionId("wide", 1)), PartitionSet.EMPTY));

        Set<PartitionId> told = new HashSet<>();
        int chunks = 0;
        int leaderAndIsrAfterChunks = -1;
        for (Optional<Outbox.Batch> batch = outbox.next(); batch.isPresent(); batch = outbox.next()) {
            switch (batch.get()) {
                case Outbox.Batch.UpdateMetadata metadata -> {
                    served(metadata.topics())
                            .forEach(each ->
                                    assertThat(told.add(each.partition())).isTrue());
                    chunks++;
                    assertThat(metadata.topics().stream()
                                    .mapToInt(TopicStates::bytes)
                                    .sum())
                            .isLessThan(Outbox.METADATA_BYTES + 1_000);
                }
                case Outbox.Batch.LeaderAndIsr any -> leaderAndIsrAfterChunks = chunks;
                case Outbox.Batch.StopReplicas any -> throw new AssertionError(any);
            }
        }
        assertThat(told).hasSize(60_000);
        assertThat(chunks).isGreaterThan(1);
        assertThat(leaderAndIsrAfterChunks).as("a long one holds nothing up").isLessThan(chunks);
    }
}
