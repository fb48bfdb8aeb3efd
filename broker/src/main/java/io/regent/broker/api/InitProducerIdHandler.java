package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;

/**
 * Answers InitProducerId, by which an idempotent producer gets its id.
 *
 * <p>Any request thread may call it. A transactional id is refused with an error that clients take for final.
 */
final class InitProducerIdHandler implements RequestHandler {
    private final ProducerIds ids;

    InitProducerIdHandler(ProducerIds ids) {
        this.ids = ids;
    }

    @Override
    public void handle(Request request) {
        InitProducerIdRequest body = request.body(InitProducerIdRequest.class);
        String transactionalId = body.data().transactionalId();
        if (transactionalId != null && transactionalId.isEmpty()) {
            throw new InvalidRequestException("A transactional id must not be empty");
        }
        if (transactionalId != null) {
            throw new UnsupportedVersionException("Transactions are not supported by this broker");
        }
        boolean hasId = body.data().producerId() != RecordBatch.NO_PRODUCER_ID;
        boolean hasEpoch = body.data().producerEpoch() != RecordBatch.NO_PRODUCER_EPOCH;
        if (hasId != hasEpoch) {
            throw new InvalidRequestException("A producer id and its epoch come together or not at all");
        }
        Answers.when(
                ids.next(),
                request,
                id -> new InitProducerIdResponse(
                        new InitProducerIdResponseData().setProducerId(id).setProducerEpoch((short) 0)));
    }
}
