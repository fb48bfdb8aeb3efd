package io.regent.broker.api;

import io.regent.broker.log.PartitionLog;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.Records;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.record.BrokerCompressionType;
import org.apache.kafka.storage.internals.log.LogConfig;

/**
 * Rewrites records for clients whose Fetch version cannot carry the format they are stored in.
 *
 * <p>Stateless; called by the thread that answers. The rewritten records are held in memory, bounded by what the fetch may
 * return; no client of the last years needs it.
 */
final class OldRecordFormats {
    private static final short LAST_WITH_FORMAT_0 = 1;
    private static final short LAST_WITH_FORMAT_1 = 3;
    private static final short FIRST_WITH_ZSTD = 10;

    private OldRecordFormats() {}

    /**
     * Adapts every partition of a response to the version it goes out in.
     *
     * @param logOf finds the partition's log, for its configuration
     */
    static void adapt(
            FetchResponse response,
            short version,
            Map<TopicIdPartition, FetchRequest.PartitionData> asked,
            Function<TopicPartition, Optional<PartitionLog>> logOf) {
        if (version >= FIRST_WITH_ZSTD) {
            return;
        }
        for (FetchableTopicResponse topic : response.data().responses()) {
            topic.partitions().replaceAll(partition -> {
                TopicPartition id = new TopicPartition(topic.topic(), partition.partitionIndex());
                TopicIdPartition key = new TopicIdPartition(topic.topicId(), id);
                return logOf.apply(id)
                        .filter(log -> FetchResponse.recordsSize(partition) > 0)
                        .map(log -> adapt(key, partition, version, asked.get(key), log.config()))
                        .orElse(partition);
            });
        }
    }

    private static FetchResponseData.PartitionData adapt(
            TopicIdPartition id,
            FetchResponseData.PartitionData partition,
            short version,
            FetchRequest.PartitionData asked,
            LogConfig config) {
        if (config.compressionType == BrokerCompressionType.ZSTD) {
            return FetchResponse.partitionResponse(id, Errors.UNSUPPORTED_COMPRESSION_TYPE);
        }
        if (version > LAST_WITH_FORMAT_1) {
            return partition;
        }
        if (!config.messageDownConversionEnable) {
            return FetchResponse.partitionResponse(id, Errors.UNSUPPORTED_VERSION);
        }
        byte format = version > LAST_WITH_FORMAT_0 ? RecordBatch.MAGIC_VALUE_V1 : RecordBatch.MAGIC_VALUE_V0;
        try {
            Records stored = FetchResponse.recordsOrFail(partition);
            return partition.setRecords(
                    stored.downConvert(format, asked.fetchOffset, Time.SYSTEM).records());
        } catch (UnsupportedCompressionTypeException tooNew) {
            return FetchResponse.partitionResponse(id, Errors.UNSUPPORTED_COMPRESSION_TYPE);
        }
    }
}
