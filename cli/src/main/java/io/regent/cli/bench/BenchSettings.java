package io.regent.cli.bench;

import io.regent.cli.node.BrokerJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is measured, and with what.
 *
 * @param partitions how many there are before any is created
 * @param partitionsPerTopic so many has each topic, but the last
 * @param brokers how many fake brokers are told
 * @param rounds how often each thing is measured
 * @param created how many partitions the large new topic has
 * @param standbyMs how long a standby has stood by before it takes over
 * @param heap of a controller, as the JVM takes it: {@code 1G}; empty for each contestant's own
 * @param directory where ZooKeeper and the nodes keep their files
 * @param keep whether the files are left behind
 * @param keepUp whether it is measured how a standby keeps up
 */
record BenchSettings(
        int partitions,
        int partitionsPerTopic,
        int brokers,
        int rounds,
        int created,
        long standbyMs,
        Optional<String> heap,
        Path directory,
        boolean keep,
        boolean keepUp) {

    /** Each creates one topic of one partition; the first meets code that never ran. */
    static final int SMALL_EVENTS = 3;

    /** Up to here Kafka's own default heap is enough for it. */
    private static final int KAFKA_OUTGROWS_ITS_HEAP = 300_000;

    private static final int ZOOKEEPER_BASE_MB = 512;

    /** A partition is two znodes, and a request about it is a few more objects for a while. */
    private static final int PARTITIONS_PER_ZOOKEEPER_MB = 200;

    /** What anything may take without partitions. */
    private static final long BASE_TIMEOUT_MS = 90_000;

    /** Kafka's controller needs up to 0.2 ms a partition; a busy machine may multiply that. */
    private static final long TIMEOUT_MS_PER_PARTITION = 1;

    /** How many partitions there can be at the end. */
    int capacity() {
        return partitions + rounds * (created + SMALL_EVENTS);
    }

    /** How long to wait for one thing before it is called a failure. */
    long timeoutMs() {
        return BASE_TIMEOUT_MS + TIMEOUT_MS_PER_PARTITION * partitions;
    }

    /** The flags of Kafka's JVM: those of its own start scripts, with more heap where its default is not enough. */
    List<String> kafkaJvm() {
        return BrokerJvm.kafkasOwnWith(heap.orElse(partitions < KAFKA_OUTGROWS_ITS_HEAP ? "1G" : "4G"));
    }

    /** The flags of Regent's JVM: those of {@code bin/regent broker}. */
    List<String> regentJvm() {
        List<String> jvm = new ArrayList<>(BrokerJvm.regentsOwn());
        heap.map(BrokerJvm::heap).ifPresent(jvm::addAll);
        return jvm;
    }

    /** The flags of ZooKeeper's JVM. */
    List<String> zooKeeperJvm() {
        int heapMb = ZOOKEEPER_BASE_MB + partitions / PARTITIONS_PER_ZOOKEEPER_MB;
        return List.of("-Xmx" + heapMb + "m", "-Xms" + heapMb + "m", "-XX:+UseSerialGC");
    }
}
