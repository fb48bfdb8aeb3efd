package io.regent.controller.sim;

import io.regent.metadata.PartitionId;
import io.regent.metadata.Replicas;
import java.util.ArrayList;
import java.util.List;

/** Chooses what something happens to. */
final class Targets {

    static final int MAX_PARTITIONS = 4;

    private static final List<String> TOPICS = List.of("a", "b", "c", "d");
    private static final int MAX_REPLICAS = 3;

    private final SimWorld world;
    private final SimClock clock;
    private long nextTopicId = 1;

    Targets(SimWorld world) {
        this.world = world;
        this.clock = world.clock();
    }

    String topic() {
        return TOPICS.get(clock.chance(TOPICS.size()));
    }

    long nextTopicId() {
        return nextTopicId++;
    }

    PartitionId partition() {
        return new PartitionId(topic(), clock.chance(MAX_PARTITIONS));
    }

    Replicas brokers() {
        List<Integer> ids = new ArrayList<>(world.brokerIds());
        int[] chosen = new int[1 + clock.chance(MAX_REPLICAS)];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = ids.remove(clock.chance(ids.size()));
        }
        return Replicas.of(chosen);
    }
}
