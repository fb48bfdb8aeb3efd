package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.server.common.CheckpointFile;

/**
 * A file that keeps one offset per partition, in Kafka's format: version, count, then {@code topic partition offset}
 * lines. Any thread may call it; a write replaces the whole file atomically. It keeps no copy in memory.
 */
final class OffsetCheckpointFile {
    static final String RECOVERY_POINT = "recovery-point-offset-checkpoint";
    static final String LOG_START = "log-start-offset-checkpoint";
    static final String REPLICATION = "replication-offset-checkpoint";
    static final String CLEANER = "cleaner-offset-checkpoint";

    private static final int VERSION = 0;
    private static final Pattern SPACES = Pattern.compile("\\s+");

    private final CheckpointFile<Map.Entry<TopicPartition, Long>> file;

    OffsetCheckpointFile(File logDir, String name) throws IOException {
        this.file = new CheckpointFile<>(new File(logDir, name), VERSION, new Formatter());
    }

    /** @throws IOException when the file cannot be read, or is not in this format */
    Map<TopicPartition, Long> read() throws IOException {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Map.Entry<TopicPartition, Long> entry : file.read()) {
            offsets.put(entry.getKey(), entry.getValue());
        }
        return offsets;
    }

    void write(Map<TopicPartition, Long> offsets) throws IOException {
        file.write(offsets.entrySet());
    }

    private static final class Formatter implements CheckpointFile.EntryFormatter<Map.Entry<TopicPartition, Long>> {
        @Override
        public String toString(Map.Entry<TopicPartition, Long> entry) {
            TopicPartition key = entry.getKey();
            return key.topic() + " " + key.partition() + " " + entry.getValue();
        }

        @Override
        public Optional<Map.Entry<TopicPartition, Long>> fromString(String line) {
            String[] words = SPACES.split(line, -1);
            if (words.length != 3) {
                return Optional.empty();
            }
            try {
                TopicPartition key = new TopicPartition(words[0], Integer.parseInt(words[1]));
                return Optional.of(Map.entry(key, Long.parseLong(words[2])));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
    }
}
