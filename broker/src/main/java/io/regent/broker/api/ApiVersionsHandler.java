package io.regent.broker.api;

import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.feature.Features;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;

/**
 * Answers ApiVersions with the stable versions of exactly those api keys that have a handler.
 *
 * <p>Immutable; any thread may call it. Features are a KRaft notion, so none is ever listed (KIP-584).
 */
final class ApiVersionsHandler implements RequestHandler {
    private final Set<ApiKeys> served;

    ApiVersionsHandler(Set<ApiKeys> served) {
        this.served = Set.copyOf(served);
    }

    @Override
    public void handle(Request request) {
        ApiVersionsRequest body = request.body(ApiVersionsRequest.class);
        if (body.hasUnsupportedRequestVersion()) {
            String reason = "ApiVersions v" + request.header().apiVersion() + " is not supported";
            request.reply(body.getErrorResponse(new UnsupportedVersionException(reason)));
        } else if (!body.isValid()) {
            String reason = "client software name or version is empty or has characters that are not allowed";
            request.reply(body.getErrorResponse(new InvalidRequestException(reason)));
        } else {
            request.reply(versions());
        }
    }

    private ApiVersionsResponse versions() {
        ApiVersionCollection versions = new ApiVersionCollection();
        for (ApiKeys key : ApiKeys.values()) {
            if (served.contains(key)) {
                key.toApiVersion(false).ifPresent(versions::add);
            }
        }
        return new ApiVersionsResponse.Builder()
                .setApiVersions(versions)
                .setSupportedFeatures(Features.emptySupportedFeatures())
                .setFinalizedFeatures(Map.of())
                .setFinalizedFeaturesEpoch(ApiVersionsResponse.UNKNOWN_FINALIZED_FEATURES_EPOCH)
                .setZkMigrationEnabled(false)
                .build();
    }
}
