package io.regent.broker.log;

import java.io.File;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;

/**
 * Names the directory of a partition's log, and reads such names back. Stateless; any thread may call it. It never
 * touches the disk.
 */
final class LogDirNames {
    static final String DELETE_SUFFIX = "-delete";
    static final String FUTURE_SUFFIX = "-future";
    static final String STRAY_SUFFIX = "-stray";

    /** The longest file name that common file systems take. */
    private static final int MAX_NAME_LENGTH = 255;

    /** {@code topic-partition.uniqueId-delete}, {@code -future} or {@code -stray}. */
    private static final Pattern MARKED =
            Pattern.compile("(\\S+-\\S+)\\.\\S+(?:" + DELETE_SUFFIX + "|" + FUTURE_SUFFIX + "|" + STRAY_SUFFIX + ")");

    private LogDirNames() {}

    static String of(TopicPartition topicPartition) {
        return topicPartition.topic() + "-" + topicPartition.partition();
    }

    /** A fresh name for a log that waits for its deletion; a long topic name is cut so that the name stays legal. */
    static String forDeletion(TopicPartition topicPartition) {
        String tail = tail(topicPartition, DELETE_SUFFIX);
        String topic = topicPartition.topic();
        return topic.substring(0, Math.min(topic.length(), MAX_NAME_LENGTH - tail.length())) + tail;
    }

    /**
     * A fresh name for a copy that shall take its log's place.
     *
     * @throws InvalidTopicException when it would be too long: it may not be cut, since a restart reads it back
     */
    static String forFuture(TopicPartition topicPartition) {
        String name = topicPartition.topic() + tail(topicPartition, FUTURE_SUFFIX);
        if (name.length() > MAX_NAME_LENGTH) {
            throw new InvalidTopicException("The log of " + topicPartition
                    + " cannot be moved between log directories: its topic's name is too long to name the copy");
        }
        return name;
    }

    private static String tail(TopicPartition topicPartition, String suffix) {
        String id = UUID.randomUUID().toString().replace("-", "");
        return "-" + topicPartition.partition() + "." + id + suffix;
    }

    static boolean isDeleted(File dir) {
        return dir.getName().endsWith(DELETE_SUFFIX);
    }

    static boolean isFuture(File dir) {
        return dir.getName().endsWith(FUTURE_SUFFIX);
    }

    static boolean isStray(File dir) {
        return dir.getName().endsWith(STRAY_SUFFIX);
    }

    /**
     * The partition whose log the directory holds.
     *
     * @throws KafkaException when the name is not one that Kafka or Regent gives to a log
     */
    static TopicPartition parse(File dir) {
        String name = unmarked(dir);
        int dash = name.lastIndexOf('-');
        if (dash <= 0 || dash == name.length() - 1) {
            throw foreign(dir);
        }
        try {
            return new TopicPartition(name.substring(0, dash), Integer.parseInt(name.substring(dash + 1)));
        } catch (NumberFormatException e) {
            throw foreign(dir);
        }
    }

    private static String unmarked(File dir) {
        if (!isDeleted(dir) && !isFuture(dir) && !isStray(dir)) {
            return dir.getName();
        }
        var matcher = MARKED.matcher(dir.getName());
        if (!matcher.matches()) {
            throw foreign(dir);
        }
        return matcher.group(1);
    }

    private static KafkaException foreign(File dir) {
        return new KafkaException("Directory " + dir.getAbsolutePath() + " is no partition log: its name is neither"
                + " topic-partition nor topic-partition.id-delete. A log directory may hold only partition logs;"
                + " move anything else out of " + dir.getParent() + ".");
    }
}
