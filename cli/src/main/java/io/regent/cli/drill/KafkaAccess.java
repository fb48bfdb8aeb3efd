package io.regent.cli.drill;

import io.regent.cli.CommandFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Reaches a cluster as any application does: with Kafka's own clients and their default settings.
 *
 * <p>One thread; each client it makes has its own rules.
 */
final class KafkaAccess {
    private static final long ADMIN_TIMEOUT_S = 60;
    private static final Duration POLL = Duration.ofMillis(200);

    /** While reading back, a log that yields nothing for so long will yield nothing more. */
    private static final long READ_BACK_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final String bootstrap;
    private final Workload workload;

    KafkaAccess(String bootstrap, Workload workload) {
        this.bootstrap = bootstrap;
        this.workload = workload;
    }

    void createTopic() {
        NewTopic topic = new NewTopic(workload.topic(), workload.partitions(), workload.replicationFactor())
                .configs(Map.of("min.insync.replicas", Integer.toString(workload.minInsyncReplicas())));
        try (Admin admin = admin()) {
            await(admin.createTopics(List.of(topic)).all(), "create the topic " + workload.topic());
        }
    }

    void deleteTopic() {
        try (Admin admin = admin()) {
            await(admin.deleteTopics(List.of(workload.topic())).all(), "delete the topic " + workload.topic());
        }
    }

    /**
     * Has the preferred replicas lead.
     *
     * @return why not all of them do; the client does not ask again by itself when the controller has just moved
     */
    Optional<String> electPreferredLeaders() {
        try (Admin admin = admin()) {
            var elections = admin.electLeaders(ElectionType.PREFERRED, Set.copyOf(partitions()));
            return await(elections.partitions(), "have the preferred replicas lead").values().stream()
                    .flatMap(Optional::stream)
                    .filter(refusal -> !(refusal instanceof ElectionNotNeededException))
                    .map(refusal -> String.valueOf(refusal.getMessage()))
                    .findFirst();
        } catch (CommandFailure e) {
            return Optional.of(e.getMessage());
        }
    }

    private List<TopicPartition> partitions() {
        return IntStream.range(0, workload.partitions())
                .mapToObj(partition -> new TopicPartition(workload.topic(), partition))
                .toList();
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrap, "client.id", "regent-drill"));
    }

    private static <T> T await(KafkaFuture<T> future, String what) {
        try {
            return future.get(ADMIN_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new CommandFailure("cannot " + what + ": " + e.getCause().getMessage(), e);
        } catch (TimeoutException e) {
            throw new CommandFailure("cannot " + what + " within " + ADMIN_TIMEOUT_S + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while trying to " + what, e);
        }
    }

    /** An idempotent producer with acks=all, which are the defaults, said aloud. */
    Producer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "client.id",
                        "regent-drill",
                        "acks",
                        "all",
                        "enable.idempotence",
                        true),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    Consumer<byte[], byte[]> groupConsumer() {
        return consumer(Map.of(
                "bootstrap.servers",
                bootstrap,
                "client.id",
                "regent-drill",
                "group.id",
                workload.topic(),
                "auto.offset.reset",
                "earliest"));
    }

    private static Consumer<byte[], byte[]> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Reads all that is in the topic, from the beginning to the end. */
    ReadBack readBack(Runnable tick) {
        List<TopicPartition> partitions = partitions();
        ReadBack found = new ReadBack(workload.run());
        try (Consumer<byte[], byte[]> consumer =
                consumer(Map.of("bootstrap.servers", bootstrap, "client.id", "regent-drill-read-back"))) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long lastProgress = System.nanoTime();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    found.found(record.partition(), record.value());
                    lastProgress = System.nanoTime();
                }
                if (System.nanoTime() - lastProgress > READ_BACK_SILENCE_NANOS) {
                    throw new CommandFailure(
                            "the log cannot be read back: some partition yields nothing before its end");
                }
                tick.run();
            }
        }
        return found;
    }
}
