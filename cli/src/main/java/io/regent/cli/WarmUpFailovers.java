package io.regent.cli;

import io.regent.broker.BrokerConfig;
import io.regent.broker.BrokerServer;
import io.regent.cli.node.BrokerProbe;
import io.regent.cli.node.Ports;
import io.regent.cli.node.ZooKeeperView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.record.SimpleRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;

/**
 * Has brokers of one cluster, all in this JVM, fail and come back under load, so that the JVM archives the classes and the
 * profiles of a failover too: otherwise the first one of a broker's life runs cold, when it matters most.
 *
 * <p>Run once, by one thread. Every wait is bounded.
 */
final class WarmUpFailovers {
    private static final int BROKERS = 3;

    /** Each broker rules and fails about once, and some fail that do not rule. */
    private static final int ROUNDS = 6;

    private static final int PARTITIONS = 24;
    private static final int WRITES_A_ROUND = 60;
    private static final String TOPIC = "warm-up-failover";
    private static final String FIRST_SEGMENT = "00000000000000000000.log";
    private static final Duration POLL = Duration.ofMillis(200);

    private final Path directory;
    private final String zooKeeper;
    private final int timeoutMs;
    private final SortedMap<Integer, Integer> ports = new TreeMap<>();
    private final Map<Integer, BrokerServer> running = new HashMap<>();

    /**
     * @param directory where the brokers keep their logs
     * @param zooKeeper host:port, empty of other brokers
     * @param timeoutMs how long each step may take
     */
    WarmUpFailovers(Path directory, String zooKeeper, int timeoutMs) throws IOException {
        this.directory = directory;
        this.zooKeeper = zooKeeper;
        this.timeoutMs = timeoutMs;
        List<Integer> free = Ports.free(BROKERS);
        for (int id = 1; id <= BROKERS; id++) {
            ports.put(id, free.get(id - 1));
        }
    }

    void run(ZooKeeperView view) throws IOException, InterruptedException, ExecutionException, TimeoutException {
        ports.keySet().forEach(this::start);
        Map<String, Object> client =
                Map.of("bootstrap.servers", bootstrap(), "group.id", TOPIC, "auto.offset.reset", "earliest");
        try (var producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
                var consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                var admin = Admin.create(client)) {
            write(producer);
            consumer.subscribe(List.of(TOPIC));
            for (int round = 0; round < ROUNDS; round++) {
                int ruler = view.controller().brokerId();
                int victim = round % 3 == 2 ? other(ruler) : ruler;
                consumer.poll(POLL);
                running.remove(victim).shutdown();
                write(producer);
                consumer.poll(POLL);
                loseTheEnd(victim);
                start(victim);
                awaitFullIsr();
                // Refused where the client still asks who ruled before; the next round asks again.
                admin.electLeaders(ElectionType.PREFERRED, null)
                        .partitions()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .handle((elections, refusal) -> refusal)
                        .get(timeoutMs, TimeUnit.MILLISECONDS);
            }
            try (var usurper = new WarmUpUsurper(view, timeoutMs)) {
                usurper.ruleAndDie(ports.values());
            }
            write(producer);
        } finally {
            List.copyOf(running.values()).forEach(BrokerServer::shutdown);
        }
    }

    private int other(int brokerId) {
        return brokerId % BROKERS + 1;
    }

    private Path logDir(int brokerId) {
        return directory.resolve("broker-" + brokerId);
    }

    private String bootstrap() {
        List<String> addresses = new ArrayList<>();
        ports.values().forEach(port -> addresses.add("127.0.0.1:" + port));
        return String.join(",", addresses);
    }

    /** Has the broker come back as one that was killed: it must search its logs, and what it wrote last nobody else has. */
    private void loseTheEnd(int brokerId) throws IOException {
        Path logs = logDir(brokerId);
        Files.deleteIfExists(logs.resolve(CleanShutdownFileHandler.CLEAN_SHUTDOWN_FILE_NAME));
        Path segment = logs.resolve(TOPIC + "-0").resolve(FIRST_SEGMENT);
        try (FileRecords records = FileRecords.open(segment.toFile())) {
            RecordBatch last = records.lastBatch().orElseThrow();
            records.append(MemoryRecords.withRecords(
                    last.nextOffset(), Compression.NONE, last.partitionLeaderEpoch(), new SimpleRecord(new byte[1])));
        }
    }

    private void start(int brokerId) {
        Map<String, String> settings = new HashMap<>();
        settings.put("broker.id", Integer.toString(brokerId));
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + ports.get(brokerId));
        settings.put("zookeeper.connect", zooKeeper);
        settings.put("log.dirs", logDir(brokerId).toString());
        settings.put("num.partitions", Integer.toString(PARTITIONS));
        settings.put("default.replication.factor", Integer.toString(BROKERS));
        settings.put("min.insync.replicas", "2");
        // It shall leave its leaders behind, as if it were killed.
        settings.put("controlled.shutdown.enable", "false");
        // What would first run after a while, perhaps in a failover, runs now.
        settings.put("log.initial.task.delay.ms", "100");
        settings.put("log.cleaner.backoff.ms", "500");
        running.put(
                brokerId,
                BrokerServer.start(BrokerConfig.load(ServerFile.locate(null, "server.properties"), settings)));
    }

    private void write(KafkaProducer<byte[], byte[]> producer)
            throws InterruptedException, ExecutionException, TimeoutException {
        for (int i = 0; i < WRITES_A_ROUND; i++) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                sent.add(producer.send(new ProducerRecord<>(TOPIC, partition, null, new byte[] {(byte) i})));
            }
            for (Future<RecordMetadata> acknowledgement : sent) {
                acknowledgement.get(timeoutMs, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void awaitFullIsr() throws IOException, TimeoutException {
        try (BrokerProbe probe = BrokerProbe.connect("127.0.0.1", ports.get(1), timeoutMs)) {
            new WarmUpWait(timeoutMs).until(() -> isFull(probe), "a broker did not come back");
        }
    }

    private static boolean isFull(BrokerProbe probe) throws IOException {
        return probe.metadata(List.of(TOPIC)).topicMetadata().stream()
                .flatMap(topic -> topic.partitionMetadata().stream())
                .allMatch(partition -> partition.inSyncReplicaIds.size() == BROKERS);
    }
}
