package io.regent.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CatalogTest {
    @Test
    void topicsAreNumberedThroughAndTheLastHasWhatIsLeft() {
        Catalog catalog = new Catalog(5, 130);
        catalog.addAll(110, 50);
        assertThat(catalog.topics()).extracting(Catalog.Topic::first).containsExactly(0, 50, 100);
        assertThat(catalog.topics()).extracting(Catalog.Topic::partitions).containsExactly(50, 50, 10);
        assertThat(catalog.add("more", 20).first()).isEqualTo(110);
        assertThat(catalog.size()).isEqualTo(130);
        assertThatThrownBy(() -> catalog.add("too-many", 1)).hasMessageContaining("no room for too-many");
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 9})
    void threeBrokersLeadAThirdEachAndOthersInherit(int brokers) {
        Catalog catalog = new Catalog(brokers, 9_000);
        for (int partition = 0; partition < 9_000; partition++) {
            int[] replicas = catalog.replicas(partition);
            assertThat(replicas).hasSize(3).doesNotHaveDuplicates();
            assertThat(replicas[0]).isBetween(1, Catalog.LEADERS);
            assertThat(replicas[1]).isBetween(Catalog.LEADERS + 1, brokers);
            assertThat(replicas[2]).isBetween(1, brokers);
        }
        assertThat(IntStream.range(0, 9_000).filter(p -> catalog.replicas(p)[0] == 2))
                .hasSize(3_000);
        long inherited = IntStream.range(0, 9_000)
                .filter(p -> catalog.replicas(p)[1] == brokers)
                .count();
        assertThat(inherited).isBetween(9_000L / (brokers - 3) - 10, 9_000L / (brokers - 3) + 10);
    }

    @Test
    void aBrokerHostsWhatItIsAReplicaOf() {
        Catalog catalog = new Catalog(5, 100);
        int[] replicas = catalog.replicas(17);
        for (int broker = 1; broker <= 5; broker++) {
            int id = broker;
            assertThat(catalog.hosts(broker, 17))
                    .isEqualTo(IntStream.of(replicas).anyMatch(r -> r == id));
        }
    }

    @Test
    void fewerBrokersCannotPlayAllParts() {
        assertThatThrownBy(() -> new Catalog(4, 1)).hasMessage("at least 5 brokers are needed, not 4");
    }
}
