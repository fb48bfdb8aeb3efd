package io.regent.controller.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ImageCountsTest {

    private static final Replicas REPLICAS = Replicas.of(1, 2);

    /** Broker 1 lives; of the four partitions one is led by it, one by nobody, one by a dead broker, one was never led. */
    private static ClusterImage image(Set<String> deletions) {
        PartitionState[] states = {state(1), state(-1), state(2), PartitionState.NONE};
        Assignment[] assignments = {
            Assignment.of(REPLICAS), Assignment.of(REPLICAS), Assignment.of(REPLICAS), Assignment.of(REPLICAS)
        };
        TopicImage topic = TopicImage.of("orders", new TopicId(1, 1), Map.of(), 0, assignments, states);
        BrokerRegistration broker = new BrokerRegistration(1, 101, List.of(), Optional.empty(), -1, Map.of(), 0, 5);
        return ClusterImage.of(List.of(broker), List.of(topic), deletions);
    }

    private static PartitionState state(int leader) {
        return new PartitionState(leader, 0, REPLICAS, LeaderRecovery.RECOVERED, 1, 0);
    }

    @Test
    void partitionsWithoutALiveLeaderAreOffline() {
        assertThat(ImageCounts.count(image(Set.of())).offlinePartitions()).isEqualTo(3);
    }

    @Test
    void aLeaderInAFailedLogDirectoryLeavesItsPartitionOffline() {
        ClusterImage image = image(Set.of())
                .edit()
                .putOfflineReplicas(1, Set.of(new PartitionId("orders", 0)))
                .image();
        assertThat(ImageCounts.count(image).offlinePartitions()).isEqualTo(4);
    }

    @Test
    void partitionsOfATopicThatIsBeingDeletedAreNotOffline() {
        ImageCounts counts = ImageCounts.count(image(Set.of("orders")));
        assertThat(counts.offlinePartitions()).isZero();
        assertThat(counts.imbalancedPartitions()).isZero();
        assertThat(counts.topicsToDelete()).isEqualTo(1);
    }
}
