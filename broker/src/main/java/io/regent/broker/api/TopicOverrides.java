package io.regent.broker.api;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Reads what is set for a topic apart from the brokers' defaults; any thread may ask. */
@FunctionalInterface
public interface TopicOverrides {
    /** The overrides by key; none for a topic that is not known. Fails when they cannot be read now. */
    CompletableFuture<Map<String, String>> read(String topic);
}
