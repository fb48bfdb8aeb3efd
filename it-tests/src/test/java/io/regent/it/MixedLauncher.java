package io.regent.it;

import io.regent.cli.cluster.NodeName;
import io.regent.cli.node.KafkaLauncher;
import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.RegentLauncher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Starts each broker of a cluster as the software that a test chose for it, which may be another one at its next start.
 *
 * <p>One thread. Brokers that nobody chose for are Regent's, and so is ZooKeeper.
 */
final class MixedLauncher implements NodeLauncher {

    /** Enough for a test's data, and quick to start. */
    private static final List<String> SMALL_JVM = List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final NodeLauncher regent = new RegentLauncher();
    private final Map<String, NodeLauncher> chosen = new HashMap<>();

    /** Has these brokers start as the Apache Kafka whose jars a peer module holds. */
    MixedLauncher kafka(String peer, int... brokers) {
        NodeLauncher kafka = new KafkaLauncher(PeerProcess.libraries(peer), kafkaJvm());
        for (int broker : brokers) {
            chosen.put(NodeName.broker(broker).toString(), kafka);
        }
        return this;
    }

    /** Has these brokers start as Regent. */
    MixedLauncher regent(int... brokers) {
        for (int broker : brokers) {
            chosen.put(NodeName.broker(broker).toString(), regent);
        }
        return this;
    }

    private static List<String> kafkaJvm() {
        List<String> jvm = new ArrayList<>(SMALL_JVM);
        Path logging = Path.of("target", "test-classes", "kafka-log4j.properties");
        jvm.add("-Dlog4j.configuration=" + logging.toUri());
        return jvm;
    }

    @Override
    public String name() {
        return "Regent and Apache Kafka";
    }

    @Override
    public List<String> zooKeeperCommand(Path properties) {
        return regent.zooKeeperCommand(properties);
    }

    @Override
    public List<String> brokerCommand(Path properties) {
        String node = properties.getParent().getFileName().toString();
        return chosen.getOrDefault(node, regent).brokerCommand(properties);
    }
}
