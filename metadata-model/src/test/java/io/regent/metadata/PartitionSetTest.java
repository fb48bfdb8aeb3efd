package io.regent.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionSetTest {

    private static final PartitionId A0 = new PartitionId("a", 0);
    private static final PartitionId A9 = new PartitionId("a", 9);
    private static final PartitionId B3 = new PartitionId("b", 3);

    @Test
    void membersAreVisitedByTopicAndNumber() {
        List<PartitionId> visited = new ArrayList<>();
        PartitionSet.of(B3, A9, A0).forEach(visited::add);

        assertThat(visited).containsExactly(A0, A9, B3);
    }

    @Test
    void aUnionHoldsBothAndChangesNeither() {
        PartitionSet one = PartitionSet.of(A0);
        PartitionSet other = PartitionSet.of(A9, B3);

        assertThat(one.plus(other)).isEqualTo(PartitionSet.of(A0, A9, B3));
        assertThat(one.size()).isEqualTo(1);
        assertThat(other.contains(A0)).isFalse();
    }

    @Test
    void aDifferenceForgetsATopicThatHasNoneLeft() {
        PartitionSet rest = PartitionSet.of(A0, A9, B3).minus(PartitionSet.of(B3, A0));

        assertThat(rest).isEqualTo(PartitionSet.of(A9));
        assertThat(rest.topics()).containsExactly("a");
        assertThat(rest.sizeOf("b")).isZero();
    }

    @Test
    void setsIntersectWhereOnePartitionIsInBoth() {
        assertThat(PartitionSet.of(A0, B3).intersects(PartitionSet.of(B3))).isTrue();
        assertThat(PartitionSet.of(B3).intersects(PartitionSet.of(A0, B3))).isTrue();
        assertThat(PartitionSet.of(A0, B3).intersects(PartitionSet.of(A9))).isFalse();
        assertThat(PartitionSet.of(A0).intersects(PartitionSet.EMPTY)).isFalse();
    }

    @Test
    void aBuilderThatWentOnLeavesWhatItBuilt() {
        PartitionSet.Builder builder = PartitionSet.builder().add(A0);
        PartitionSet first = builder.build();
        builder.add(A9);

        assertThat(first).isEqualTo(PartitionSet.of(A0));
        assertThat(builder.build()).isEqualTo(PartitionSet.of(A9));
    }
}
