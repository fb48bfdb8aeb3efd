package io.regent.broker.log;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Says which log directory a new log goes to: the one asked for beforehand (KIP-113), else the one with the fewest logs.
 * Any thread may call it. It creates nothing.
 */
final class LogPlacement {
    /** Any client may ask for any partition, also for one that never comes: beyond this many nothing is remembered. */
    private static final int MAX_REMEMBERED = 100_000;

    private final Map<TopicPartition, String> preferred = new ConcurrentHashMap<>();

    /** Remembers where the log shall go once it is created; until this broker stops. */
    void prefer(TopicPartition topicPartition, String logDir) {
        if (preferred.size() < MAX_REMEMBERED || preferred.containsKey(topicPartition)) {
            preferred.put(topicPartition, logDir);
        }
    }

    /** The log is there: a later one of the same name goes where the fewest are again. */
    void forget(TopicPartition topicPartition) {
        preferred.remove(topicPartition);
    }

    /** @return empty when no directory works */
    Optional<LogDirectory> choose(
            TopicPartition topicPartition, List<LogDirectory> live, Collection<PartitionLog> logs) {
        String wanted = preferred.get(topicPartition);
        Map<String, Long> counts =
                logs.stream().collect(Collectors.groupingBy(PartitionLog::logDir, Collectors.counting()));
        return live.stream()
                .min(Comparator.<LogDirectory, Boolean>comparing(
                                dir -> !dir.path().equals(wanted))
                        .thenComparing(dir -> counts.getOrDefault(dir.path(), 0L)));
    }
}
