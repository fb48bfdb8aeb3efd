package io.regent.controller.loop;

import io.regent.metadata.Assignment;
import io.regent.metadata.ClusterImage;
import io.regent.metadata.PartitionId;
import io.regent.metadata.PartitionState;
import io.regent.metadata.TopicDeletion;
import io.regent.metadata.TopicImage;

/** What the metrics count in an image. */
record ImageCounts(
        int liveBrokers,
        int partitions,
        int offlinePartitions,
        int imbalancedPartitions,
        int topicsToDelete,
        int replicasToDelete,
        int topicsIneligibleToDelete,
        int replicasIneligibleToDelete) {

    /** Counts an image once, however many gauges ask: a walk over 200,000 partitions takes milliseconds. Any thread. */
    static final class Cache {
        private ClusterImage counted = ClusterImage.EMPTY;
        private ImageCounts counts = count(ClusterImage.EMPTY);

        // Whether two large images are equal takes longer to find out than to count.
        @SuppressWarnings("ReferenceEquality")
        synchronized ImageCounts of(ClusterImage image) {
            if (image != counted) {
                counts = count(image);
                counted = image;
            }
            return counts;
        }
    }

    /** As in Kafka, the partitions of topics that are being deleted are neither offline nor out of balance. */
    static ImageCounts count(ClusterImage image) {
        int partitions = 0;
        int offline = 0;
        int imbalanced = 0;
        for (TopicImage topic : image.topics()) {
            boolean stays = !image.isBeingDeleted(topic.name());
            for (int number = 0; number < topic.partitionCount(); number++) {
                if (!topic.hasPartition(number)) {
                    continue;
                }
                partitions++;
                PartitionState state = topic.state(number);
                if (stays && !isOnline(image, topic, number)) {
                    offline++;
                }
                if (stays && state.leader() != topic.assignment(number).preferredLeader()) {
                    imbalanced++;
                }
            }
        }
        Deletions deletions = new Deletions(image);
        return new ImageCounts(
                image.brokers().size(),
                partitions,
                offline,
                imbalanced,
                deletions.topics,
                deletions.replicas,
                deletions.ineligibleTopics,
                deletions.ineligibleReplicas);
    }

    private static boolean isOnline(ClusterImage image, TopicImage topic, int number) {
        PartitionState state = topic.state(number);
        return state.hasLeader() && image.isReplicaOnline(state.leader(), new PartitionId(topic.name(), number));
    }

    /**
     * What is left to delete. A replica that cannot be reached is ineligible until it returns, and so is its topic, as in
     * Kafka.
     */
    private static final class Deletions {
        private int topics;
        private int replicas;
        private int ineligibleTopics;
        private int ineligibleReplicas;

        Deletions(ClusterImage image) {
            image.deletions()
                    .forEach((name, deletion) -> image.topic(name).ifPresent(topic -> {
                        int ineligibleBefore = ineligibleReplicas;
                        for (int number = 0; number < topic.partitionCount(); number++) {
                            count(image, deletion, new PartitionId(name, number), topic.assignment(number));
                        }
                        topics++;
                        ineligibleTopics += ineligibleReplicas > ineligibleBefore ? 1 : 0;
                    }));
        }

        private void count(ClusterImage image, TopicDeletion deletion, PartitionId partition, Assignment assignment) {
            for (int broker : assignment.replicas().toList()) {
                if (!deletion.isConfirmed(broker, partition.partition())) {
                    replicas++;
                    ineligibleReplicas += image.isReplicaOnline(broker, partition) ? 0 : 1;
                }
            }
        }
    }
}
