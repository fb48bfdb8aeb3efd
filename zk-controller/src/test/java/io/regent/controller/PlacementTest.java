package io.regent.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Replicas;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacementTest {

    /** What Kafka 3.9.2's AdminUtils places from a fixed start. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | 1 | 0 | [1] [1] [1] [1] [1] [1] [1]",
                "3 | 1 | 4 | [2] [3] [1] [2] [3] [1] [2]",
                "3 | 2 | 4 | [2, 1] [3, 2] [1, 3] [2, 3] [3, 1] [1, 2] [2, 1]",
                "3 | 3 | 4 | [2, 1, 3] [3, 2, 1] [1, 3, 2] [2, 3, 1] [3, 1, 2] [1, 2, 3] [2, 1, 3]",
                "4 | 2 | 5 | [2, 4] [3, 1] [4, 2] [1, 3] [2, 1] [3, 2] [4, 3]",
                "4 | 3 | 5 | [2, 4, 1] [3, 1, 2] [4, 2, 3] [1, 3, 4] [2, 1, 3] [3, 2, 4] [4, 3, 1]",
            })
    void newPartitionsGoWhereKafkaPutsThem(int brokers, int replicationFactor, int seed, String expected) {
        assertThat(text(on(brokers, "").place(7, replicationFactor, seed))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | 2 | [2, 3] [3, 1] [1, 2] [2, 1]",
                "3 | 3 | [2, 3, 1] [3, 1, 2] [1, 2, 3] [2, 1, 3]",
                "4 | 2 | [1, 3] [2, 1] [3, 2] [4, 3]",
            })
    void addedPartitionsGoWhereKafkaPutsThem(int brokers, int replicationFactor, String expected) {
        assertThat(text(on(brokers, "").extend(3, 4, replicationFactor, 2))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "abcabc | 3 | 14 | [3, 5, 1] [4, 6, 2] [5, 1, 3] [6, 2, 4] [1, 3, 5] [2, 4, 6] [3, 2, 4] [4, 3, 5]",
                "aabbb | 3 | 0 | [1, 3, 2] [3, 2, 4] [2, 4, 5] [4, 1, 3] [5, 1, 3] [1, 4, 5] [3, 1, 2] [2, 3, 4]",
            })
    void racksAreSpreadAsKafkaDoes(String racks, int replicationFactor, int seed, String expected) {
        assertThat(text(on(racks.length(), racks).place(8, replicationFactor, seed)))
                .isEqualTo(expected);
    }

    @Test
    void eachPartitionHasDifferentBrokersInAsManyRacksAsThereCanBe() {
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int brokers = random.nextInt(1, 10);
            int rackCount = random.nextInt(1, 5);
            int replicationFactor = Math.min(random.nextInt(1, 6), brokers);
            StringBuilder racks = new StringBuilder();
            for (int id = 0; id < brokers; id++) {
                racks.append((char) ('a' + id % rackCount));
            }
            Placement placement = on(brokers, racks.toString());
            for (Replicas replicas : placement.place(20, replicationFactor, random.nextInt())) {
                assertThat(replicas.size()).as("seed %d", seed).isEqualTo(replicationFactor);
                assertThat(replicas.hasDuplicates()).as("seed %d", seed).isFalse();
                Set<Character> used = new HashSet<>();
                replicas.stream().forEach(id -> used.add(racks.charAt(id - 1)));
                assertThat(used).as("seed %d", seed).hasSize(Math.min(replicationFactor, Math.min(brokers, rackCount)));
            }
        }
    }

    private static Placement on(int brokers, String racks) {
        List<BrokerRegistration> registrations = new ArrayList<>();
        for (int id = 1; id <= brokers; id++) {
            Optional<String> rack = racks.isEmpty() ? Optional.empty() : Optional.of(racks.substring(id - 1, id));
            registrations.add(GivenCluster.broker(id, id, rack));
        }
        return Placement.on(registrations);
    }

    private static String text(List<Replicas> placed) {
        return String.join(" ", placed.stream().map(Replicas::toString).toList());
    }
}
