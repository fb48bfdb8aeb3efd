package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finishes moves between log directories that a crash cut in two, when the log was renamed for deletion already and its
 * copy did not have its name yet. Used at start, by one thread, before any log is opened.
 *
 * <p>It takes a copy for complete only beside a log that waits for deletion: a copy alone may be one whose log lies in a
 * directory that is not there.
 */
final class InterruptedMoves {
    private static final Logger LOG = LoggerFactory.getLogger(InterruptedMoves.class);

    private final Set<TopicPartition> current = new HashSet<>();
    private final Set<TopicPartition> retired = new HashSet<>();
    private final List<File> copies = new ArrayList<>();

    /** @param dirs of logs, in one log directory; their names have been found good */
    void see(List<File> dirs) {
        for (File dir : dirs) {
            if (LogDirNames.isFuture(dir)) {
                copies.add(dir);
            } else if (LogDirNames.isDeleted(dir)) {
                retired.add(LogDirNames.parse(dir));
            } else if (!LogDirNames.isStray(dir)) {
                current.add(LogDirNames.parse(dir));
            }
        }
    }

    /** The copies that are to be their partitions' logs. */
    List<File> unfinished() {
        return copies.stream()
                .filter(copy -> {
                    TopicPartition partition = LogDirNames.parse(copy);
                    return retired.contains(partition) && !current.contains(partition);
                })
                .toList();
    }

    /** Gives a copy its log's name. */
    static void finish(File copy) throws IOException {
        File named = new File(copy.getParentFile(), LogDirNames.of(LogDirNames.parse(copy)));
        LOG.warn("Finishing the move of {}, which a crash cut short: it becomes {}", copy, named);
        Utils.atomicMoveWithFallback(copy.toPath(), named.toPath());
    }
}
