package io.regent.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * Does with the Java clients on its class path, whichever line they are of, what every user does: creates a topic, lists
 * it, produces to it and consumes from it in a group, all with default settings.
 *
 * <p>A program of its own: {@code ClientProbe BOOTSTRAP TOPIC RECORDS}. Prints one line and exits with 0 when all of it
 * worked.
 */
public final class ClientProbe {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private ClientProbe() {}

    public static void main(String[] args) throws Exception {
        String bootstrap = args[0];
        String topic = args[1];
        int records = Integer.parseInt(args[2]);
        createAndList(bootstrap, topic);
        produce(bootstrap, topic, records);
        Set<String> consumed = consume(bootstrap, topic, records);
        if (consumed.size() != records) {
            throw new IllegalStateException("consumed " + consumed.size() + " of " + records + " records");
        }
        System.out.println("clients " + AppInfoParser.getVersion() + " consumed " + records + " records");
    }

    private static void createAndList(String bootstrap, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, 3, (short) 3))).all().get();
            // The broker that is asked may hear of it a moment later than the one that created it.
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (!admin.listTopics().names().get().contains(topic)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("a topic that was created is not listed");
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static void produce(String bootstrap, String topic, int records) throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, "key-" + i, "value-" + i)));
            }
            producer.flush();
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    private static Set<String> consume(String bootstrap, String topic, int records) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("group.id", topic + "-group");
        settings.put("auto.offset.reset", "earliest");
        Set<String> consumed = new TreeSet<>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            long deadline = System.nanoTime() + TIMEOUT.toNanos();
            while (consumed.size() < records && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> consumed.add(record.value()));
            }
            consumer.commitSync();
        }
        return consumed;
    }
}
