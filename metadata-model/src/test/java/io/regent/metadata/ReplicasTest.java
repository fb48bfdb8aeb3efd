package io.regent.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplicasTest {

    @Test
    void equalListsAreOneObject() {
        assertThat(Replicas.of(1, 2, 3)).isSameAs(Replicas.of(1, 2, 3));
        assertThat(Replicas.of(1, 2, 3).without(3)).isSameAs(Replicas.of(1, 2));
    }

    @Test
    void orderIsKeptAndCounts() {
        assertThat(Replicas.of(3, 1)).isNotEqualTo(Replicas.of(1, 3));
        assertThat(Replicas.of(3, 1).union(Replicas.of(2, 3)).toList()).containsExactly(3, 1, 2);
        assertThat(Replicas.of(3, 1, 2).without(Replicas.of(1)).toList()).containsExactly(3, 2);
    }

    @Test
    void theCallersArrayMayChangeAfterwards() {
        int[] ids = {1, 2};
        Replicas replicas = Replicas.of(ids);
        ids[0] = 9;
        assertThat(replicas.toList()).containsExactly(1, 2);
    }

    @Test
    void duplicatesAreSeen() {
        assertThat(Replicas.of(1, 2, 1).hasDuplicates()).isTrue();
        assertThat(Replicas.of(1, 2).hasDuplicates()).isFalse();
    }
}
