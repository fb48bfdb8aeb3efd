package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.controller.Answer;
import io.regent.controller.Asks;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.requests.AllocateProducerIdsRequest;
import org.apache.kafka.common.requests.AllocateProducerIdsResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers AllocateProducerIds, by which a broker gets a block of producer ids, where this node rules (KIP-730).
 *
 * <p>Any request thread may call it; the answer comes when the block is durably the broker's.
 */
final class AllocateProducerIdsHandler implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AllocateProducerIdsHandler.class);

    private final LocalController controller;

    AllocateProducerIdsHandler(LocalController controller) {
        this.controller = controller;
    }

    @Override
    public void handle(Request request) {
        if (!controller.isActive()) {
            throw new NotControllerException("This broker is not the active controller");
        }
        AllocateProducerIdsRequestData data =
                request.body(AllocateProducerIdsRequest.class).data();
        Asks.AllocateProducerIds ask = new Asks.AllocateProducerIds(data.brokerId(), data.brokerEpoch());
        Answers.when(
                controller.ask(ask, Answer.ProducerIdsAllocated.class), request, AllocateProducerIdsHandler::response);
    }

    /** The response has no room for a message, so what was wrong is logged here. */
    private static AllocateProducerIdsResponse response(Answer.ProducerIdsAllocated answer) {
        AllocateProducerIdsResponseData data = new AllocateProducerIdsResponseData()
                .setErrorCode(answer.outcome().fault().code());
        if (answer.outcome().isOk()) {
            data.setProducerIdStart(answer.block().first())
                    .setProducerIdLen(Math.toIntExact(
                            answer.block().last() - answer.block().first() + 1));
        } else {
            LOG.warn("No producer ids were given out: {}", answer.outcome().message());
        }
        return new AllocateProducerIdsResponse(data);
    }
}
