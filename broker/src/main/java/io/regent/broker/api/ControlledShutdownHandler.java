package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.controller.Answer;
import io.regent.controller.Asks;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.requests.ControlledShutdownRequest;
import org.apache.kafka.common.requests.ControlledShutdownResponse;

/**
 * Answers ControlledShutdown, by which a broker has its leaders moved away before it stops, where this node rules.
 *
 * <p>Any request thread may call it.
 */
final class ControlledShutdownHandler implements RequestHandler {
    private final LocalController controller;

    ControlledShutdownHandler(LocalController controller) {
        this.controller = controller;
    }

    @Override
    public void handle(Request request) {
        if (!controller.isActive()) {
            throw new NotControllerException("This broker is not the active controller");
        }
        ControlledShutdownRequest body = request.body(ControlledShutdownRequest.class);
        Asks.Shutdown ask =
                new Asks.Shutdown(body.data().brokerId(), body.data().brokerEpoch());
        Answers.when(controller.ask(ask, Answer.ShutdownProgress.class), request, answer -> {
            Set<TopicPartition> remaining = new HashSet<>();
            answer.remaining()
                    .forEach(partition -> remaining.add(new TopicPartition(partition.topic(), partition.partition())));
            return ControlledShutdownResponse.prepareResponse(
                    Faults.error(answer.outcome().fault()), remaining);
        });
    }
}
