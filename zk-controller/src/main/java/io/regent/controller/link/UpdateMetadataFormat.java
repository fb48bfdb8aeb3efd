package io.regent.controller.link;

import io.regent.controller.Announcements;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.Replicas;
import io.regent.metadata.TopicImage;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;

/** UpdateMetadata, from version 7 on. */
final class UpdateMetadataFormat extends StateFormat {

    /** Of replica lists, of which there are few, those that are not online while no log directory has failed. */
    private final IdentityHashMap<Replicas, Replicas> dead = new IdentityHashMap<>();

    private ClusterImage image = ClusterImage.EMPTY;
    private boolean isBeingDeleted;

    @Override
    @SuppressWarnings(
            "ReferenceEquality") // Whether it is the same image is asked, and that two are equal is dear to find.
    void begin(ClusterImage of, TopicImage topic) {
        if (of != image) {
            dead.clear();
            image = of;
        }
        isBeingDeleted = of.isBeingDeleted(topic.name());
    }

    @Override
    int leader(PartitionState state) {
        return isBeingDeleted ? Announcements.LEADER_DURING_DELETE : state.leader();
    }

    @Override
    int restBytes(TopicImage topic, int number) {
        return bytes(offline(topic, number));
    }

    @Override
    void writeRest(TopicImage topic, int number, PartitionState state, boolean isNew, ByteBuffer to) {
        write(offline(topic, number), to);
    }

    private Replicas offline(TopicImage topic, int number) {
        Replicas replicas = topic.assignment(number).replicas();
        if (image.hasFailedLogDirectory()) {
            PartitionId partition = new PartitionId(topic.name(), number);
            return replicas.filter(broker -> !image.isReplicaOnline(broker, partition));
        }
        Replicas gone = dead.get(replicas);
        if (gone == null) {
            gone = replicas.filter(broker -> !image.isLive(broker));
            dead.put(replicas, gone);
        }
        return gone;
    }
}
