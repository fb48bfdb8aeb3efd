package io.regent.broker.api;

import io.regent.broker.log.LogManager;
import io.regent.broker.log.PartitionLog;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import java.io.File;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsResponse;

/**
 * Answers DescribeLogDirs: which logs lie in which directory, how large they are, and how full the disks are (KIP-113,
 * KIP-827).
 *
 * <p>Any request thread may call it.
 */
final class DescribeLogDirsHandler implements RequestHandler {
    private final LogManager logs;

    DescribeLogDirsHandler(LogManager logs) {
        this.logs = logs;
    }

    @Override
    public void handle(Request request) {
        DescribeLogDirsRequest body = request.body(DescribeLogDirsRequest.class);
        Optional<Set<TopicPartition>> asked =
                body.isAllTopicPartitions() ? Optional.empty() : Optional.of(partitions(body));
        Map<String, List<Held>> byDir = new TreeMap<>();
        Set<String> live = logs.liveLogDirs();
        live.forEach(dir -> byDir.put(dir, new ArrayList<>()));
        // Copies first: one that takes its log's place meanwhile is shown twice rather than not at all.
        List<Held> held = new ArrayList<>();
        logs.moves().copies().forEach(log -> held.add(new Held(log, true)));
        logs.allLogs().forEach(log -> held.add(new Held(log, false)));
        held.stream()
                .filter(one ->
                        asked.map(wanted -> wanted.contains(one.partition())).orElse(true))
                .forEach(one -> byDir.computeIfAbsent(one.log.logDir(), dir -> new ArrayList<>())
                        .add(one));
        List<DescribeLogDirsResult> results = new ArrayList<>();
        byDir.forEach((dir, inDir) -> results.add(describe(dir, inDir)));
        logs.settings().logDirs().stream()
                .map(File::getAbsolutePath)
                .filter(dir -> !live.contains(dir))
                .forEach(dir -> results.add(
                        new DescribeLogDirsResult().setLogDir(dir).setErrorCode(Errors.KAFKA_STORAGE_ERROR.code())));
        request.reply(new DescribeLogDirsResponse(new DescribeLogDirsResponseData().setResults(results)));
    }

    private static Set<TopicPartition> partitions(DescribeLogDirsRequest body) {
        Set<TopicPartition> partitions = new HashSet<>();
        body.data()
                .topics()
                .forEach(topic -> topic.partitions()
                        .forEach(partition -> partitions.add(new TopicPartition(topic.topic(), partition))));
        return partitions;
    }

    /** A partition's log, or a copy of it that shall take its place (KIP-113). */
    private record Held(PartitionLog log, boolean isCopy) {
        TopicPartition partition() {
            return log.topicPartition();
        }
    }

    /** A copy lags behind its log, a log behind what is known to be committed. */
    private long lag(Held held) {
        if (!held.isCopy) {
            return Math.max(0, held.log.highWatermark() - held.log.logEndOffset());
        }
        return logs.getLog(held.partition())
                .map(log -> log.logEndOffset() - held.log.logEndOffset())
                .orElse(DescribeLogDirsResponse.INVALID_OFFSET_LAG);
    }

    private DescribeLogDirsResult describe(String dir, List<Held> inDir) {
        Map<String, DescribeLogDirsTopic> topics = new LinkedHashMap<>();
        for (Held held : inDir) {
            topics.computeIfAbsent(held.partition().topic(), name -> new DescribeLogDirsTopic().setName(name))
                    .partitions()
                    .add(new DescribeLogDirsPartition()
                            .setPartitionIndex(held.partition().partition())
                            .setPartitionSize(held.log.sizeInBytes())
                            .setOffsetLag(lag(held))
                            .setIsFutureKey(held.isCopy));
        }
        File disk = new File(dir);
        return new DescribeLogDirsResult()
                .setLogDir(dir)
                .setTopics(new ArrayList<>(topics.values()))
                .setTotalBytes(disk.getTotalSpace())
                .setUsableBytes(disk.getUsableSpace());
    }
}
