package io.regent.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImageEditorTest {

    private static final TopicId ORDERS_ID = TopicId.parse("WdYo0njZQ7q8V4Qbzl5IYA");
    private static final PartitionId ORDERS_0 = new PartitionId("orders", 0);
    private static final PartitionId ORDERS_1 = new PartitionId("orders", 1);

    private final ClusterImage image = ClusterImage.of(
            List.of(broker(1, 100), broker(2, 200), broker(3, 300)),
            List.of(topic("orders", ORDERS_ID, Replicas.of(1, 2), Replicas.of(2, 3)), topic("logs", TopicId.NONE)),
            Set.of());

    @Test
    void theImageThatIsEditedStaysAsItWas() {
        PartitionState before = image.state(ORDERS_0);
        ImageEditor editor = image.edit();
        editor.setState(ORDERS_0, before.elect(2, Replicas.of(2), LeaderRecovery.RECOVERED, 7));

        ClusterImage next = editor.image();

        assertThat(image.state(ORDERS_0)).isEqualTo(before);
        assertThat(next.state(ORDERS_0).leader()).isEqualTo(2);
        assertThat(next.state(ORDERS_0).leaderEpoch()).isEqualTo(before.leaderEpoch() + 1);
        assertThat(next.state(ORDERS_0).version()).isEqualTo(before.version() + 1);
    }

    @Test
    void editsAreSeenBeforeTheImageIsMade() {
        ImageEditor editor = image.edit();
        PartitionState elected = image.state(ORDERS_1).elect(3, Replicas.of(3), LeaderRecovery.RECOVERED, 7);
        editor.setState(ORDERS_1, elected);
        assertThat(editor.state(ORDERS_1)).isEqualTo(elected);
        assertThat(editor.state(ORDERS_0)).isEqualTo(image.state(ORDERS_0));
    }

    @Test
    void theDeltaNamesWhatWasTouchedAndNothingElse() {
        ImageEditor editor = image.edit();
        editor.setState(ORDERS_1, image.state(ORDERS_1).withIsr(Replicas.of(2), LeaderRecovery.RECOVERED, 7));
        editor.removeBroker(3);

        ClusterDelta delta = editor.delta();

        assertThat(touched(delta)).containsExactly(ORDERS_1);
        assertThat(delta.brokers()).containsExactly(3);
        assertThat(delta.topics()).containsExactly("orders");
        assertThat(delta.after().isLive(3)).isFalse();
    }

    @Test
    void aTopicIsFoundByItsReplicasBrokersAlsoAfterItsAssignmentChanged() {
        assertThat(image.topicsOf(3)).extracting(TopicImage::name).containsExactly("orders");
        ClusterImage moved = image.edit()
                .setAssignment(ORDERS_1, Assignment.of(Replicas.of(2, 4)))
                .image();
        assertThat(moved.topicsOf(3)).isEmpty();
        assertThat(moved.topicsOf(4)).extracting(TopicImage::name).containsExactly("orders");
        assertThat(moved.edit().removeTopic("orders").image().topicsOf(4)).isEmpty();
    }

    @Test
    void manyAssignmentsOfOneTopicInOneEditRaiseItsVersionOnce() {
        ClusterImage next = image.edit()
                .setAssignment(ORDERS_0, Assignment.of(Replicas.of(3)))
                .setAssignment(new PartitionId("orders", 3), Assignment.of(Replicas.of(1)))
                .image();
        TopicImage orders = next.topic("orders").orElseThrow();
        assertThat(orders.version()).isEqualTo(1);
        assertThat(orders.partitionCount()).isEqualTo(4);
        assertThat(orders.hasPartition(2)).isFalse();
        assertThat(orders.hasPartition(3)).isTrue();
        assertThat(next.state(new PartitionId("orders", 3))).isEqualTo(PartitionState.NONE);
    }

    @Test
    void aNewLifeOfABrokerForgetsWhatWasKnownOfTheFormerOne() {
        ClusterImage known = image.edit()
                .beginShutdown(1)
                .putOfflineReplicas(1, Set.of(ORDERS_0))
                .image();
        assertThat(known.isEligible(1)).isFalse();
        assertThat(known.isReplicaOnline(1, ORDERS_0)).isFalse();

        ClusterImage sameLife = known.edit().putBroker(broker(1, 100)).image();
        assertThat(sameLife.isEligible(1)).isFalse();

        ClusterImage bounced = known.edit().putBroker(broker(1, 101)).image();
        assertThat(bounced.isEligible(1)).isTrue();
        assertThat(bounced.isReplicaOnline(1, ORDERS_0)).isTrue();
    }

    @Test
    void aTopicIsFoundByItsIdUntilItIsRemoved() {
        assertThat(image.topic(ORDERS_ID)).map(TopicImage::name).contains("orders");
        assertThat(image.edit().removeTopic("orders").image().topic(ORDERS_ID)).isEmpty();
    }

    @Test
    void aTopicThatGetsItsIdIsFoundByIt() {
        TopicId id = new TopicId(1, 2);
        ClusterImage next = image.edit().setTopicId("logs", id).image();
        assertThat(next.topic(id)).map(TopicImage::name).contains("logs");
        assertThat(next.topic(TopicId.NONE)).isEmpty();
    }

    @Test
    void editingATopicThatDoesNotExistIsRefusedByName() {
        assertThatThrownBy(() -> image.edit().setState(new PartitionId("nope", 0), PartitionState.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nope");
    }

    private static List<PartitionId> touched(ClusterDelta delta) {
        List<PartitionId> touched = new ArrayList<>();
        delta.partitions().forEach(touched::add);
        return touched;
    }

    private static BrokerRegistration broker(int id, long epoch) {
        return new BrokerRegistration(
                id,
                epoch,
                List.of(new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 9090 + id)),
                Optional.empty(),
                -1,
                Map.of(),
                0L,
                5);
    }

    private static TopicImage topic(String name, TopicId id, Replicas... rows) {
        Assignment[] assignments = new Assignment[rows.length];
        PartitionState[] states = new PartitionState[rows.length];
        for (int i = 0; i < rows.length; i++) {
            assignments[i] = Assignment.of(rows[i]);
            states[i] = PartitionState.first(rows[i].get(0), rows[i], 1);
        }
        return TopicImage.of(name, id, Map.of(), 0, assignments, states);
    }
}
