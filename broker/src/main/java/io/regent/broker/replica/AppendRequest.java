package io.regent.broker.replica;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * Records to append to partitions that this broker leads.
 *
 * @param requiredAcks 0, 1, or -1 for all of the ISR
 * @param timeoutMs how long to wait for the ISR
 * @param internalTopicsAllowed whether __consumer_offsets and __transaction_state may be written to
 * @param guards of transactional records, by partition; others need none
 */
public record AppendRequest(
        short requiredAcks,
        int timeoutMs,
        boolean internalTopicsAllowed,
        AppendOrigin origin,
        Map<TopicPartition, MemoryRecords> records,
        Map<TopicPartition, VerificationGuard> guards) {

    /** What a client produced. */
    public static AppendRequest ofClient(
            short requiredAcks,
            int timeoutMs,
            boolean internalTopicsAllowed,
            Map<TopicPartition, MemoryRecords> records) {
        return new AppendRequest(
                requiredAcks, timeoutMs, internalTopicsAllowed, AppendOrigin.CLIENT, records, Map.of());
    }

    /** What a coordinator on this broker writes; it is done when the leader has it, and the coordinator waits itself. */
    public static AppendRequest ofCoordinator(
            TopicPartition partition, MemoryRecords records, VerificationGuard guard) {
        return new AppendRequest(
                (short) 1, 0, true, AppendOrigin.COORDINATOR, Map.of(partition, records), Map.of(partition, guard));
    }
}
