package io.regent.broker.api;

import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers DescribeConfigs for topics and for this broker (KIP-133, KIP-226).
 *
 * <p>Any request thread may call it; a topic's overrides are read where they are kept, without waiting here.
 */
final class DescribeConfigsHandler implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DescribeConfigsHandler.class);

    private final int brokerId;
    private final MetadataCache metadata;
    private final TopicOverrides overrides;
    private final ConfigEntries entries;

    DescribeConfigsHandler(int brokerId, MetadataCache metadata, TopicOverrides overrides, ConfigEntries entries) {
        this.brokerId = brokerId;
        this.metadata = metadata;
        this.overrides = overrides;
        this.entries = entries;
    }

    @Override
    public void handle(Request request) {
        DescribeConfigsRequest body = request.body(DescribeConfigsRequest.class);
        List<CompletableFuture<DescribeConfigsResult>> results = body.data().resources().stream()
                .map(resource -> describe(
                        resource, body.data().includeSynonyms(), body.data().includeDocumentation()))
                .toList();
        Answers.when(
                CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)),
                request,
                done -> new DescribeConfigsResponse(new DescribeConfigsResponseData()
                        .setResults(
                                results.stream().map(CompletableFuture::join).toList())));
    }

    private CompletableFuture<DescribeConfigsResult> describe(
            DescribeConfigsResource resource, boolean synonyms, boolean documentation) {
        CompletableFuture<List<DescribeConfigsResourceResult>> described;
        try {
            described = entries(resource);
        } catch (ApiException refused) {
            described = CompletableFuture.failedFuture(refused);
        }
        return described
                .thenApply(all -> {
                    List<DescribeConfigsResourceResult> wanted = all.stream()
                            .filter(entry -> isWanted(entry, resource))
                            .toList();
                    wanted.forEach(entry -> trim(entry, synonyms, documentation));
                    return new DescribeConfigsResult().setConfigs(wanted);
                })
                .exceptionally(DescribeConfigsHandler::erroneous)
                .thenApply(result ->
                        result.setResourceName(resource.resourceName()).setResourceType(resource.resourceType()));
    }

    private CompletableFuture<List<DescribeConfigsResourceResult>> entries(DescribeConfigsResource resource) {
        String name = resource.resourceName();
        ConfigResource.Type type = ConfigResource.Type.forId(resource.resourceType());
        return switch (type) {
            case TOPIC -> ofTopic(name);
            case BROKER -> CompletableFuture.completedFuture(ofBroker(name));
            default -> throw new InvalidRequestException("Unsupported resource type: " + type);
        };
    }

    private CompletableFuture<List<DescribeConfigsResourceResult>> ofTopic(String name) {
        Topic.validate(name);
        if (!metadata.current().contains(name)) {
            throw new UnknownTopicOrPartitionException("The topic '" + name + "' does not exist.");
        }
        return overrides.read(name).thenApply((Map<String, String> read) -> entries.ofTopic(read));
    }

    /** No name asks for what is set for all brokers while they run, of which there is nothing. */
    private List<DescribeConfigsResourceResult> ofBroker(String name) {
        if (name == null || name.isEmpty()) {
            return List.of();
        }
        if (!name.equals(Integer.toString(brokerId))) {
            throw new InvalidRequestException(
                    "Unexpected broker id, expected " + brokerId + " or an empty string, but received " + name);
        }
        return entries.ofBroker();
    }

    private static boolean isWanted(DescribeConfigsResourceResult entry, DescribeConfigsResource resource) {
        List<String> keys = resource.configurationKeys();
        return keys == null || keys.isEmpty() || keys.contains(entry.name());
    }

    private static void trim(DescribeConfigsResourceResult entry, boolean synonyms, boolean documentation) {
        if (!synonyms) {
            entry.setSynonyms(List.of());
        }
        if (!documentation) {
            entry.setDocumentation(null);
        }
    }

    private static DescribeConfigsResult erroneous(Throwable failure) {
        Throwable cause = Answers.cause(failure);
        if (!(cause instanceof ApiException)) {
            LOG.error("Could not describe a configuration", cause);
        }
        ApiError error = ApiError.fromThrowable(cause);
        return new DescribeConfigsResult()
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message())
                .setConfigs(List.of());
    }
}
