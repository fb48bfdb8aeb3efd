package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read again after which znode has changed. */
class MarksTest {

    private static final int PARTITIONS = 3;

    private final Marks marks = new Marks();
    private final ClusterImage known = ClusterImage.of(List.of(), List.of(topic("orders")), Set.of());

    private static TopicImage topic(String name) {
        Assignment[] assignments = new Assignment[PARTITIONS];
        Arrays.fill(assignments, Assignment.of(Replicas.of(1)));
        PartitionState[] states = new PartitionState[PARTITIONS];
        Arrays.fill(states, PartitionState.NONE);
        return TopicImage.of(name, TopicId.NONE, Map.of(), 0, assignments, states);
    }

    private void changed(String path) {
        TopicPath.mark(path, marks, known);
    }

    @Test
    void eachZnodeMarksWhatItHolds() {
        changed("/brokers/topics/orders/partitions/2/state");
        assertThat(marks.takeStates(10)).containsExactly(new PartitionId("orders", 2));

        changed("/brokers/topics/new");
        assertThat(marks.takeTopics(10)).containsExactly("new");

        changed("/config/topics/orders");
        assertThat(marks.takeConfigs(10)).containsExactly("orders");

        changed("/brokers/topics");
        assertThat(marks.takeNames()).isTrue();
        assertThat(marks.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/brokers/topics/orders/partitions",
                "/brokers/topics/orders/partitions/0",
                "/brokers/topics/orders/partitions/3/state",
                "/brokers/topics/orders/partitions/99999999999999999999/state",
                "/brokers/topics/orders/partitions/2147483647/state",
                "/brokers/topics/orders/partitions/-1/state",
                "/brokers/topics/orders/partitions/x/state",
                "/brokers/topics/orders/partitions/state",
                "/brokers/topics/orders/partitions//state",
                "/brokers/topics/orders/else/0/state",
                "/brokers/topics/unknown/partitions/0/state",
                "/config/topics/unknown"
            })
    void whatBelongsToNothingThatIsKnownMarksNothing(String path) {
        changed(path);
        assertThat(marks.isEmpty()).isTrue();
    }

    @Test
    void whatIsMarkedTwiceIsTakenOnceAndInBatches() {
        for (int i = 0; i < 2; i++) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                changed("/brokers/topics/orders/partitions/" + partition + "/state");
            }
        }
        assertThat(marks.count()).isEqualTo(3);
        assertThat(marks.takeStates(2)).containsExactly(new PartitionId("orders", 0), new PartitionId("orders", 1));
        assertThat(marks.count()).isEqualTo(1);
        assertThat(marks.takeStates(2)).containsExactly(new PartitionId("orders", 2));
        assertThat(marks.isEmpty()).isTrue();
    }

    @Test
    void ofATopicThatIsGoneNothingIsLeft() {
        marks.markAll(known);
        marks.forget("orders");
        assertThat(marks.takeNames()).isTrue();
        assertThat(marks.isEmpty()).isTrue();
    }
}
