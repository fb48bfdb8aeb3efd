package io.regent.broker.api;

import io.regent.broker.config.ConfigStore;
import io.regent.broker.metadata.MetadataCache;
import io.regent.broker.network.Request;
import io.regent.broker.network.RequestHandler;
import io.regent.metadata.znode.ConfigZnode.EntityType;
import java.util.ArrayList;
import java.util.List;
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
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers DescribeConfigs for topics, for this broker, for all brokers, and for loggers (KIP-133, KIP-226, KIP-412).
 *
 * <p>Any request thread may call it; a topic's overrides are read where they are kept, without waiting here.
 */
final class DescribeConfigsHandler implements RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(DescribeConfigsHandler.class);

    private final int brokerId;
    private final MetadataCache metadata;
    private final ConfigStore store;
    private final ConfigEntries entries;
    private final BrokerLoggers loggers;

    DescribeConfigsHandler(
            int brokerId, MetadataCache metadata, ConfigStore store, ConfigEntries entries, BrokerLoggers loggers) {
        this.brokerId = brokerId;
        this.metadata = metadata;
        this.store = store;
        this.entries = entries;
        this.loggers = loggers;
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
            case BROKER_LOGGER -> CompletableFuture.completedFuture(ofLoggers(name));
            default -> throw new InvalidRequestException("Unsupported resource type: " + type);
        };
    }

    private CompletableFuture<List<DescribeConfigsResourceResult>> ofTopic(String name) {
        Topic.validate(name);
        if (!metadata.current().contains(name)) {
            throw new UnknownTopicOrPartitionException("The topic '" + name + "' does not exist.");
        }
        return store.read(EntityType.TOPICS, name).thenApply(entries::ofTopic);
    }

    /** No name asks for what is set at run time for all brokers. */
    private List<DescribeConfigsResourceResult> ofBroker(String name) {
        if (name == null || name.isEmpty()) {
            return entries.ofAllBrokers();
        }
        ConfigAlterations.requireThisBroker(name, brokerId);
        return entries.ofBroker();
    }

    private List<DescribeConfigsResourceResult> ofLoggers(String name) {
        if (name == null || name.isEmpty()) {
            throw new InvalidRequestException("Broker id must not be empty");
        }
        ConfigAlterations.requireThisBroker(name, brokerId);
        List<DescribeConfigsResourceResult> levels = new ArrayList<>();
        loggers.levels()
                .forEach((logger, level) -> levels.add(new DescribeConfigsResourceResult()
                        .setName(logger)
                        .setValue(level)
                        .setConfigSource(ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG.id())));
        return levels;
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
