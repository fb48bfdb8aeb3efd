package io.regent.controller.link;

import io.regent.controller.Announcements;
import io.regent.controller.NewReplicas;
import io.regent.controller.StopReplica;
import io.regent.metadata.Assignment;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.Endpoint;
import io.regent.metadata.LeaderRecovery;
import io.regent.metadata.PartitionSet;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicId;
import io.regent.metadata.TopicImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Clusters and announcements for the tests of this package. */
final class Fixtures {

    private Fixtures() {}

    static BrokerRegistration broker(int id, long epoch, int port) {
        return new BrokerRegistration(
                id,
                epoch,
                List.of(new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", port)),
                Optional.of("r" + id),
                -1,
                Map.of(),
                0,
                5);
    }

    /** A topic whose partitions all have replicas 1 and 2 and are led by 1 in this leader epoch. */
    static TopicImage topic(String name, int partitions, int leaderEpoch) {
        Assignment[] assignments = new Assignment[partitions];
        PartitionState[] states = new PartitionState[partitions];
        Arrays.fill(assignments, Assignment.of(Replicas.of(1, 2)));
        Arrays.fill(
                states,
                new PartitionState(1, leaderEpoch, Replicas.of(1, 2), LeaderRecovery.RECOVERED, 5, leaderEpoch));
        return TopicImage.of(name, new TopicId(7, name.hashCode()), Map.of(), 0, assignments, states);
    }

    static ClusterImage image(List<BrokerRegistration> brokers, TopicImage... topics) {
        return ClusterImage.of(brokers, List.of(topics), Set.of());
    }

    /** Announcements to broker 1 only. */
    static Announcements to1(
            ClusterImage image, PartitionSet leaderAndIsr, PartitionSet metadata, StopReplica... stops) {
        return new Announcements(
                image,
                leaderAndIsr.isEmpty() ? new TreeMap<>() : map(leaderAndIsr),
                NewReplicas.NONE,
                stops.length == 0 ? new TreeMap<>() : map(List.of(stops)),
                map(metadata));
    }

    static <T> SortedMap<Integer, T> map(T for1) {
        SortedMap<Integer, T> map = new TreeMap<>();
        map.put(1, for1);
        return map;
    }
}
