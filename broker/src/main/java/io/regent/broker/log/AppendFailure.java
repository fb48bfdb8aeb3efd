package io.regent.broker.log;

import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceResponse.RecordError;
import org.apache.kafka.storage.internals.log.RecordValidationException;

/**
 * What a produce response says of a refused append: the error, the records to blame (KIP-467) and a message. Immutable.
 *
 * @param message what was wrong, or null where the error code says it all
 */
public record AppendFailure(Errors error, List<RecordError> recordErrors, String message) {

    /** Reads the failure out of anything that {@link PartitionLog#appendAsLeader} throws. */
    public static AppendFailure of(Throwable failure) {
        if (failure instanceof RecordValidationException invalid) {
            return new AppendFailure(
                    Errors.forException(invalid.invalidException()),
                    invalid.recordErrors(),
                    invalid.invalidException().getMessage());
        }
        return new AppendFailure(Errors.forException(failure), List.of(), failure.getMessage());
    }
}
