package io.regent.cli;

import io.regent.broker.BrokerConfig;
import io.regent.broker.BrokerServer;
import io.regent.cli.node.Ports;
import io.regent.cli.node.ZooKeeperNode;
import io.regent.cli.node.ZooKeeperView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code regent warm-up}: runs through what the other commands start with, and through failovers, so that {@code bin/regent} can have the
 * JVM archive the classes and profiles of both when it builds. Not for users.
 */
@Command(name = "warm-up", hidden = true, description = "Load what the other commands load; run once after a build.")
final class WarmUpCommand implements Runnable {
    private static final int TIMEOUT_MS = 20_000;
    private static final String TOPIC = "warm-up";
    private static final String LOG_DIR = "broker";

    @Option(names = "--dir", paramLabel = "DIR", required = true, description = "An empty directory to work in.")
    private Path directory;

    @Override
    public void run() {
        Main.commandLine().getSubcommands().values().forEach(CommandLine::getUsageMessage);
        try {
            List<Integer> ports = Ports.free(2);
            String zooKeeper = "127.0.0.1:" + ports.get(0);
            startZooKeeper(ports.get(0));
            BrokerServer broker = startBroker(ports.get(1), zooKeeper);
            try (ZooKeeperView view = ZooKeeperView.connect(zooKeeper, TIMEOUT_MS)) {
                view.controller();
                view.brokers();
                writeAndRead("127.0.0.1:" + ports.get(1));
            } finally {
                broker.shutdown();
            }
            // A killed broker that comes back opens its logs with care, and should do that quickly as well.
            Files.delete(directory.resolve(LOG_DIR).resolve(CleanShutdownFileHandler.CLEAN_SHUTDOWN_FILE_NAME));
            startBroker(ports.get(1), zooKeeper).shutdown();
            try (ZooKeeperView view = ZooKeeperView.connect(zooKeeper, TIMEOUT_MS)) {
                WarmUpCrowd.write(view.handle());
                new WarmUpFailovers(directory, zooKeeper, TIMEOUT_MS).run(view);
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot warm up: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("interrupted while warming up", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new CommandFailure("cannot warm up: " + e, e);
        }
    }

    private void startZooKeeper(int port) throws InterruptedException {
        Properties properties = new Properties();
        properties.setProperty("dataDir", directory.resolve("zookeeper").toString());
        properties.setProperty("clientPort", Integer.toString(port));
        properties.setProperty("clientPortAddress", "127.0.0.1");
        CountDownLatch serves = new CountDownLatch(1);
        Thread thread = new Thread(new ZooKeeperNode(properties, line -> serves.countDown()), "warm-up-zookeeper");
        // It ends with this command.
        thread.setDaemon(true);
        thread.start();
        if (!serves.await(TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
            throw new CommandFailure("cannot warm up: ZooKeeper does not serve");
        }
    }

    private BrokerServer startBroker(int port, String zooKeeper) {
        Path file = ServerFile.locate(null, "server.properties");
        return BrokerServer.start(BrokerConfig.load(
                file,
                Map.of(
                        "listeners",
                        "PLAINTEXT://127.0.0.1:" + port,
                        "zookeeper.connect",
                        zooKeeper,
                        "log.dirs",
                        directory.resolve(LOG_DIR).toString(),
                        "offsets.topic.num.partitions",
                        "1")));
    }

    private static void writeAndRead(String bootstrap)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, Object> client =
                Map.of("bootstrap.servers", bootstrap, "group.id", TOPIC, "auto.offset.reset", "earliest");
        try (var producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap), new ByteArraySerializer(), new ByteArraySerializer());
                var consumer = new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            producer.send(new ProducerRecord<>(TOPIC, new byte[1])).get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            consumer.subscribe(List.of(TOPIC));
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
            while (consumer.poll(Duration.ofMillis(100)).isEmpty() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            consumer.commitSync();
        }
    }
}
