package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;

/**
 * Writes numbered records to a topic at a steady pace with a default producer (idempotent, acks=all) and remembers which
 * were acknowledged, while a test does something terrible.
 */
final class AckedLoad implements AutoCloseable {

    private static final long PACE_NANOS = 2_000_000;

    private final String bootstrap;
    private final String topic;
    private final KafkaProducer<String, String> producer;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    /** By record, those that the producer gave up. */
    private final Map<String, Exception> failures = new ConcurrentHashMap<>();

    private final Thread thread = new Thread(this::run, "acked-load");
    private volatile int sent;
    private volatile boolean stopped;

    AckedLoad(String bootstrap, String topic) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer());
        thread.start();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback hears of every outcome.
    private void run() {
        for (int i = 0; !stopped; i++) {
            String value = value(i);
            sent = i + 1;
            producer.send(new ProducerRecord<>(topic, value, value), (metadata, error) -> {
                if (error == null) {
                    acknowledged.add(value);
                } else {
                    failures.put(value, error);
                }
            });
            LockSupport.parkNanos(PACE_NANOS);
        }
    }

    private static String value(int number) {
        return "record-" + number;
    }

    /** Waits until the next so many records are acknowledged, all of them: no partition may stay without a leader. */
    void awaitMore(int records) {
        int first = sent;
        Set<String> awaited = IntStream.range(first, first + records)
                .mapToObj(AckedLoad::value)
                .collect(Collectors.toSet());
        Awaitility.await("the next " + records + " records acknowledged")
                .atMost(ItCluster.PATIENCE)
                .untilAsserted(() -> {
                    assertThat(failures).doesNotContainKeys(awaited.toArray(String[]::new));
                    awaited.removeAll(acknowledged);
                    assertThat(awaited).as("not acknowledged yet in " + topic).isEmpty();
                });
    }

    /** Records that the producer gave up. */
    int failures() {
        return failures.size();
    }

    /** Stops writing, reads the topic from its beginning and holds what is there against what was acknowledged. */
    void stopAndVerify() throws InterruptedException {
        stopped = true;
        thread.join();
        // One that asked for the topic's metadata once more might create the topic anew after the test has deleted it.
        producer.close();
        Map<String, Integer> copies = readAll();
        Set<String> lost = new HashSet<>(acknowledged);
        lost.removeAll(copies.keySet());
        assertThat(lost).as("acknowledged records that are lost").isEmpty();
        assertThat(copies.values()).as("copies of a record").allMatch(count -> count == 1);
    }

    private Map<String, Integer> readAll() {
        Map<String, Integer> copies = new HashMap<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", bootstrap),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            consumer.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
            assertThat(partitions)
                    .as("partitions of " + topic + " that a broker knows")
                    .isNotEmpty();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + ItCluster.PATIENCE.toNanos();
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                assertThat(System.nanoTime()).as("time to read back").isLessThan(deadline);
                consumer.poll(Duration.ofMillis(200)).forEach(r -> copies.merge(r.value(), 1, Integer::sum));
            }
        }
        return copies;
    }

    @Override
    public void close() {
        stopped = true;
        producer.close(Duration.ZERO);
    }
}
