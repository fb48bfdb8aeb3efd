package io.regent.cli.drill;

import io.regent.cli.node.KRaftLauncher;
import io.regent.cli.node.KafkaJars;
import io.regent.cli.node.KafkaLauncher;
import io.regent.cli.node.NodeLauncher;
import io.regent.cli.node.RegentLauncher;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;

/**
 * Somebody whose clusters a drill can start for itself.
 *
 * <p>Immutable; any thread.
 */
sealed interface Contestant {
    /** What a table calls it. */
    String name();

    /**
     * Starts a cluster and waits until all of it serves.
     *
     * @param brokers how many
     * @param overrides settings for each of them
     * @param keep leave the directory, with its logs, when all is over
     * @throws io.regent.cli.CommandFailure when it does not start; nothing is left then
     */
    ClusterUnderTest start(int brokers, Map<String, String> overrides, boolean keep, DrillView view);

    static Contestant regent() {
        return new OnZooKeeper("Regent", new RegentLauncher());
    }

    /**
     * Apache Kafka.
     *
     * @param home a distribution of it, or null to have Maven fetch one
     * @param out where to say that it is fetched
     * @throws io.regent.cli.CommandFailure when there is no Kafka that has this mode
     */
    static Contestant kafka(KafkaMode mode, Path home, PrintWriter out) {
        return switch (mode) {
            case zookeeper -> {
                KafkaLauncher launcher = new KafkaLauncher(home == null ? KafkaJars.fetched(out) : home);
                yield new OnZooKeeper("Kafka " + launcher.version() + " ZooKeeper", launcher);
            }
            case kraft -> {
                KRaftLauncher launcher =
                        new KRaftLauncher(home == null ? KafkaJars.fetched(KafkaJars.Line.NEWEST, out) : home);
                yield new Quorum("Kafka " + launcher.version() + " KRaft", launcher);
            }
        };
    }

    /** Brokers beside a ZooKeeper. */
    record OnZooKeeper(String name, NodeLauncher launcher) implements Contestant {
        @Override
        public ClusterUnderTest start(int brokers, Map<String, String> overrides, boolean keep, DrillView view) {
            view.say("Starting a ZooKeeper and " + brokers + " brokers of " + launcher.name());
            return OwnCluster.start(launcher, brokers, overrides, keep);
        }
    }

    /** Brokers that are their own controllers. */
    record Quorum(String name, KRaftLauncher launcher) implements Contestant {
        @Override
        public ClusterUnderTest start(int brokers, Map<String, String> overrides, boolean keep, DrillView view) {
            view.say("Starting " + brokers + " brokers of " + launcher.name() + ", each of them a controller as well");
            return OwnCluster.startQuorum(launcher, brokers, overrides, keep);
        }
    }
}
