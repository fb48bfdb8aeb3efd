package io.regent.broker;

import org.apache.kafka.storage.internals.log.LogValidator;
import org.apache.kafka.storage.log.metrics.BrokerTopicMetrics;

/**
 * Counts the records that logs refuse, under the names of Kafka's BrokerTopicMetrics.
 *
 * <p>Any thread may call it.
 */
final class RefusedRecords implements LogValidator.MetricsRecorder, AutoCloseable {
    private final BrokerTopicMetrics allTopics = new BrokerTopicMetrics(false);

    @Override
    public void recordInvalidMagic() {
        allTopics.invalidMagicNumberRecordsPerSec().mark();
    }

    @Override
    public void recordInvalidOffset() {
        allTopics.invalidOffsetOrSequenceRecordsPerSec().mark();
    }

    @Override
    public void recordInvalidSequence() {
        allTopics.invalidOffsetOrSequenceRecordsPerSec().mark();
    }

    @Override
    public void recordInvalidChecksums() {
        allTopics.invalidMessageCrcRecordsPerSec().mark();
    }

    @Override
    public void recordNoKeyCompactedTopic() {
        allTopics.noKeyCompactedTopicRecordsPerSec().mark();
    }

    @Override
    public void close() {
        allTopics.close();
    }
}
