package io.regent.controller.zk;

import io.regent.metadata.ClusterImage;
import io.regent.metadata.TopicImage;
import io.regent.metadata.znode.ConfigZnode;
import io.regent.metadata.znode.TopicZnode;

/**
 * Says from the path of a znode that changed what must be read again. Pure but for the marks; tens of thousands of paths
 * may come at once, so that it makes nothing but the topic's name.
 */
final class TopicPath {

    private static final String TOPICS = TopicZnode.PARENT + "/";
    private static final String CONFIGS = ConfigZnode.EntityType.TOPICS.parent() + "/";
    private static final String PARTITIONS = "/partitions/";
    private static final String STATE = "/state";
    private static final int MAX_DIGITS = 9;

    private TopicPath() {}

    /**
     * Marks what the znode at this path belongs to. A partition that is not known is not marked: whoever learns of it
     * reads its state anyway.
     */
    static void mark(String path, Marks marks, ClusterImage known) {
        if (path.startsWith(CONFIGS)) {
            markConfig(path, marks, known);
        } else if (!path.startsWith(TOPICS)) {
            marks.markNames();
        } else {
            int slash = path.indexOf('/', TOPICS.length());
            if (slash < 0) {
                marks.markTopic(path.substring(TOPICS.length()));
            } else {
                markState(path, slash, marks, known);
            }
        }
    }

    /** Whether it is that of a topic's configuration. */
    static boolean isConfig(String path) {
        return path.startsWith(CONFIGS);
    }

    private static void markConfig(String path, Marks marks, ClusterImage known) {
        String name = path.substring(CONFIGS.length());
        if (known.topic(name).isPresent()) {
            marks.markConfig(name);
        }
    }

    private static void markState(String path, int slash, Marks marks, ClusterImage known) {
        int from = slash + PARTITIONS.length();
        int to = path.length() - STATE.length();
        if (!path.startsWith(PARTITIONS, slash) || from >= to || !path.endsWith(STATE)) {
            return;
        }
        int partition = number(path, from, to);
        String name = path.substring(TOPICS.length(), slash);
        if (known.topic(name)
                .filter((TopicImage topic) -> topic.hasPartition(partition))
                .isPresent()) {
            marks.markState(name, partition);
        }
    }

    /** The number that stands there; -1 when it is none. */
    private static int number(String path, int from, int to) {
        if (to - from > MAX_DIGITS) {
            return -1;
        }
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = path.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }
}
