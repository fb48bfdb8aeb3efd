package io.regent.broker.api;

import io.regent.broker.network.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers IncrementalAlterConfigs (KIP-339) and the older AlterConfigs, which replaces all that is set for a resource.
 *
 * <p>Any request thread may call it; each resource is altered, and answered, for itself.
 */
final class AlterConfigsHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AlterConfigsHandler.class);

    private final int brokerId;
    private final ConfigAlterations alterations;
    private final LoggerAlterations loggers;

    AlterConfigsHandler(int brokerId, ConfigAlterations alterations, LoggerAlterations loggers) {
        this.brokerId = brokerId;
        this.alterations = alterations;
        this.loggers = loggers;
    }

    void register(ApiRouter.Builder router) {
        router.register(ApiKeys.INCREMENTAL_ALTER_CONFIGS, this::incremental)
                .register(ApiKeys.ALTER_CONFIGS, this::legacy);
    }

    /** A resource as it was named, and how it is to be altered. */
    private record Asked(byte type, String name, Function<ConfigResource, CompletableFuture<Void>> alteration) {
        /** A nameless resource is the default of its type. */
        ConfigResource resource() {
            return new ConfigResource(ConfigResource.Type.forId(type), name == null ? "" : name);
        }
    }

    private record Altered(byte type, String name, ApiError outcome) {}

    private void incremental(Request request) {
        IncrementalAlterConfigsRequestData data =
                request.body(IncrementalAlterConfigsRequest.class).data();
        List<Asked> asked = new ArrayList<>();
        data.resources()
                .forEach(one -> asked.add(new Asked(
                        one.resourceType(),
                        one.resourceName(),
                        resource -> incremental(resource, one, data.validateOnly()))));
        alterEach(request, asked, altered -> {
            IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
            altered.forEach(one -> response.responses()
                    .add(new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                            .setResourceType(one.type)
                            .setResourceName(one.name)
                            .setErrorCode(one.outcome.error().code())
                            .setErrorMessage(one.outcome.message())));
            return new IncrementalAlterConfigsResponse(response);
        });
    }

    private CompletableFuture<Void> incremental(
            ConfigResource resource,
            IncrementalAlterConfigsRequestData.AlterConfigsResource asked,
            boolean validateOnly) {
        ConfigChange change = new ConfigChange(asked.configs().stream()
                .map(config -> new ConfigChange.Op(config.name(), config.configOperation(), config.value()))
                .toList());
        return switch (resource.type()) {
            case TOPIC -> alterations.ofTopic(resource.name(), change::apply, validateOnly);
            case BROKER -> alterations.ofBroker(resource.name(), change::apply, validateOnly);
            case BROKER_LOGGER -> {
                ConfigAlterations.requireThisBroker(resource.name(), brokerId);
                loggers.alter(change, validateOnly);
                yield CompletableFuture.completedFuture(null);
            }
            default -> throw unknown(asked.resourceType());
        };
    }

    private void legacy(Request request) {
        AlterConfigsRequestData data = request.body(AlterConfigsRequest.class).data();
        List<Asked> asked = new ArrayList<>();
        data.resources()
                .forEach(one -> asked.add(new Asked(
                        one.resourceType(),
                        one.resourceName(),
                        resource -> legacy(resource, one, data.validateOnly()))));
        alterEach(request, asked, altered -> {
            AlterConfigsResponseData response = new AlterConfigsResponseData();
            altered.forEach(one -> response.responses()
                    .add(new AlterConfigsResponseData.AlterConfigsResourceResponse()
                            .setResourceType(one.type)
                            .setResourceName(one.name)
                            .setErrorCode(one.outcome.error().code())
                            .setErrorMessage(one.outcome.message())));
            return new AlterConfigsResponse(response);
        });
    }

    private CompletableFuture<Void> legacy(
            ConfigResource resource, AlterConfigsRequestData.AlterConfigsResource asked, boolean validateOnly) {
        ConfigChange.requireDistinct(asked.configs().stream()
                .map(AlterConfigsRequestData.AlterableConfig::name)
                .toList());
        ConfigChange.requireValues(asked.configs().stream()
                .filter(config -> config.value() == null)
                .map(AlterConfigsRequestData.AlterableConfig::name)
                .toList());
        Map<String, String> replacement = new TreeMap<>();
        asked.configs().forEach(config -> replacement.put(config.name(), config.value()));
        return switch (resource.type()) {
            case TOPIC -> alterations.ofTopic(resource.name(), (before, definitions) -> replacement, validateOnly);
            case BROKER -> alterations.ofBroker(resource.name(), (before, definitions) -> replacement, validateOnly);
            default -> throw unknown(asked.resourceType());
        };
    }

    private static InvalidRequestException unknown(byte type) {
        return new InvalidRequestException("Unknown resource type " + type);
    }

    private static void alterEach(
            Request request, List<Asked> asked, Function<List<Altered>, AbstractResponse> toResponse) {
        Set<ConfigResource> repeated =
                repeated(asked.stream().map(Asked::resource).toList());
        List<CompletableFuture<Altered>> altering = asked.stream()
                .map(one -> outcome(one, repeated).thenApply(outcome -> new Altered(one.type, one.name, outcome)))
                .toList();
        Answers.when(
                CompletableFuture.allOf(altering.toArray(CompletableFuture[]::new)),
                request,
                done -> toResponse.apply(
                        altering.stream().map(CompletableFuture::join).toList()));
    }

    private static Set<ConfigResource> repeated(List<ConfigResource> resources) {
        Set<ConfigResource> seen = new HashSet<>();
        Set<ConfigResource> repeated = new HashSet<>();
        resources.stream().filter(resource -> !seen.add(resource)).forEach(repeated::add);
        return repeated;
    }

    private static CompletableFuture<ApiError> outcome(Asked asked, Set<ConfigResource> repeated) {
        ConfigResource resource = asked.resource();
        return Answers.outcome(
                () -> {
                    if (repeated.contains(resource)) {
                        throw new InvalidRequestException("Each resource must appear at most once.");
                    }
                    return asked.alteration.apply(resource);
                },
                cause -> refusal(resource, cause));
    }

    private static ApiError refusal(ConfigResource resource, Throwable cause) {
        if (cause instanceof ConfigException || cause instanceof IllegalArgumentException) {
            return ApiError.fromThrowable(new InvalidConfigurationException(
                    "Invalid config value for resource " + resource + ": " + cause.getMessage()));
        }
        if (!(cause instanceof ApiException)) {
            LOG.error("Could not alter the configuration of {}", resource, cause);
        }
        return ApiError.fromThrowable(cause);
    }
}
