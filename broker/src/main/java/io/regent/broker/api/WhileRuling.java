package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Serves on a node that only rules: nobody tells such a node of the cluster while another rules, so it hangs up on whoever
 * asks, and clients turn to the next node that they know.
 *
 * <p>Any request thread may call it. It never answers from what it knew in an earlier reign.
 */
public final class WhileRuling implements RequestHandler {
    /** What any node answers, and what the controller of this very node sends to it as soon as it rules. */
    private static final Set<ApiKeys> ALWAYS = EnumSet.of(ApiKeys.API_VERSIONS, ApiKeys.UPDATE_METADATA);

    private final RequestHandler inner;
    private final LocalController controller;

    public WhileRuling(RequestHandler inner, LocalController controller) {
        this.inner = inner;
        this.controller = controller;
    }

    @Override
    public void handle(Request request) {
        if (controller.isActive() || ALWAYS.contains(request.header().apiKey())) {
            inner.handle(request);
        } else {
            request.disconnect("this node stores nothing, and does not rule now");
        }
    }
}
