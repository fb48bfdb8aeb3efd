package io.regent.broker.replica;

import io.regent.broker.log.AppendFailure;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.ProduceResponse.PartitionResponse;
import org.apache.kafka.storage.internals.log.LeaderHwChange;
import org.apache.kafka.storage.internals.log.LogAppendInfo;
import org.apache.kafka.storage.internals.log.RecordValidationException;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends to the partitions this broker leads, and answers when as many replicas have the records as the producer asked
 * for. Any thread may call it, without a partition's lock; it never blocks on other brokers.
 */
final class Appends {
    private static final Logger LOG = LoggerFactory.getLogger(Appends.class);

    private final PartitionRegistry partitions;
    private final DelayedOperations operations;

    Appends(PartitionRegistry partitions, DelayedOperations operations) {
        this.partitions = partitions;
        this.operations = operations;
    }

    CompletableFuture<Map<TopicPartition, PartitionResponse>> append(AppendRequest request) {
        if (request.requiredAcks() < -1 || request.requiredAcks() > 1) {
            Map<TopicPartition, PartitionResponse> refused = new HashMap<>();
            request.records()
                    .keySet()
                    .forEach(partition -> refused.put(partition, new PartitionResponse(Errors.INVALID_REQUIRED_ACKS)));
            return CompletableFuture.completedFuture(refused);
        }
        Map<TopicPartition, Outcome> outcomes = new HashMap<>();
        request.records()
                .forEach((partition, records) -> outcomes.put(partition, appendOne(request, partition, records)));
        outcomes.forEach(this::wakeReaders);
        boolean waits = request.requiredAcks() == -1
                && outcomes.values().stream().anyMatch(outcome -> outcome.requiredOffset.isPresent());
        if (!waits) {
            Map<TopicPartition, PartitionResponse> responses = new HashMap<>();
            outcomes.forEach((partition, outcome) -> responses.put(partition, outcome.response));
            return CompletableFuture.completedFuture(responses);
        }
        DelayedProduce delayed = new DelayedProduce(request.timeoutMs(), outcomes);
        operations.produce().tryCompleteElseWatch(delayed);
        return delayed.result;
    }

    /**
     * One partition's append.
     *
     * @param requiredOffset the offset after the last record; empty when nothing was appended
     */
    private record Outcome(PartitionResponse response, OptionalLong requiredOffset, boolean watermarkRose) {}

    private Outcome appendOne(AppendRequest request, TopicPartition topicPartition, MemoryRecords records) {
        try {
            Partition partition = partitions.require(topicPartition);
            if (!request.internalTopicsAllowed() && Topic.isInternal(topicPartition.topic())) {
                throw new InvalidTopicException(
                        "Topic " + topicPartition.topic() + " is internal: clients may not write to it");
            }
            VerificationGuard guard = request.guards().getOrDefault(topicPartition, VerificationGuard.SENTINEL);
            LogAppendInfo info = partition.appendAsLeader(records, request.origin(), request.requiredAcks(), guard);
            return appended(info);
        } catch (ApiException | RecordValidationException e) {
            return refused(topicPartition, e);
        } catch (RuntimeException e) {
            LOG.error("Appending to {} failed", topicPartition, e);
            return refused(topicPartition, e);
        }
    }

    private static Outcome appended(LogAppendInfo info) {
        PartitionResponse response = new PartitionResponse(
                Errors.NONE,
                info.firstOffset(),
                info.lastOffset(),
                info.logAppendTime(),
                info.logStartOffset(),
                List.of(),
                null);
        return new Outcome(
                response, OptionalLong.of(info.lastOffset() + 1), info.leaderHwChange() == LeaderHwChange.INCREASED);
    }

    private Outcome refused(TopicPartition topicPartition, Throwable cause) {
        AppendFailure failure = AppendFailure.of(cause);
        long logStart = partitions
                .find(topicPartition)
                .flatMap(Partition::log)
                .map(log -> log.logStartOffset())
                .orElse(ProduceResponse.INVALID_OFFSET);
        PartitionResponse response = new PartitionResponse(
                failure.error(),
                ProduceResponse.INVALID_OFFSET,
                ProduceResponse.INVALID_OFFSET,
                RecordBatch.NO_TIMESTAMP,
                logStart,
                failure.recordErrors(),
                failure.message());
        return new Outcome(response, OptionalLong.empty(), false);
    }

    private void wakeReaders(TopicPartition partition, Outcome outcome) {
        if (outcome.watermarkRose) {
            operations.checkAndCompleteAll(partition);
        } else if (outcome.requiredOffset.isPresent()) {
            operations.checkFetches(partition);
        }
    }

    /** A produce with acks=all until the ISR has it. Partitions that time out answer REQUEST_TIMED_OUT. */
    private final class DelayedProduce extends DelayedOperation {
        private final Map<TopicPartition, Outcome> outcomes;
        private final Map<TopicPartition, Errors> settled = new HashMap<>();
        private final CompletableFuture<Map<TopicPartition, PartitionResponse>> result = new CompletableFuture<>();

        DelayedProduce(long timeoutMs, Map<TopicPartition, Outcome> outcomes) {
            super(timeoutMs);
            this.outcomes = outcomes;
        }

        @Override
        Collection<TopicPartition> watched() {
            return outcomes.keySet();
        }

        @Override
        boolean isSatisfied() {
            boolean all = true;
            for (Map.Entry<TopicPartition, Outcome> entry : outcomes.entrySet()) {
                all &= isSettled(entry.getKey(), entry.getValue().requiredOffset);
            }
            return all;
        }

        private boolean isSettled(TopicPartition partition, OptionalLong requiredOffset) {
            if (requiredOffset.isEmpty()) {
                return true;
            }
            synchronized (settled) {
                if (settled.containsKey(partition)) {
                    return true;
                }
                LeaderState.Progress progress = partitions
                        .find(partition)
                        .map(found -> found.progressTo(requiredOffset.getAsLong()))
                        .orElseGet(() -> new LeaderState.Progress(true, partitions.missingError(partition)));
                if (progress.done()) {
                    settled.put(partition, progress.error());
                }
                return progress.done();
            }
        }

        @Override
        void onComplete() {
            Map<TopicPartition, PartitionResponse> responses = new HashMap<>();
            synchronized (settled) {
                outcomes.forEach((partition, outcome) -> {
                    if (outcome.requiredOffset.isPresent()) {
                        outcome.response.error = settled.getOrDefault(partition, Errors.REQUEST_TIMED_OUT);
                    }
                    responses.put(partition, outcome.response);
                });
            }
            result.complete(responses);
        }
    }
}
