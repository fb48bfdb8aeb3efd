package io.regent.broker;

import io.regent.broker.log.LogManager;
import io.regent.controller.zk.ClusterZnodes;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.server.config.ServerConfigs;

/** Decides under which id a broker runs. Called once, by the thread that starts it; may wait for ZooKeeper. */
final class BrokerIdentity {
    private BrokerIdentity() {}

    /**
     * The configured id; without one, that of an earlier run in these log directories; else one that ZooKeeper gives out.
     *
     * @throws StartupException when there is no way to have an id
     */
    static int decide(BrokerConfig config, ClusterZnodes znodes) {
        if (config.brokerId() >= 0) {
            return config.brokerId();
        }
        OptionalInt stored = stored(config);
        if (stored.isPresent()) {
            return stored.getAsInt();
        }
        if (!config.brokerIdGenerationEnable()) {
            throw new StartupException(ServerConfigs.BROKER_ID_CONFIG + " is not set, and "
                    + ServerConfigs.BROKER_ID_GENERATION_ENABLE_CONFIG + " is false");
        }
        return ClusterAccess.wait(znodes.generateBrokerId(config.reservedBrokerMaxId()));
    }

    private static OptionalInt stored(BrokerConfig config) {
        List<File> dirs = config.logDirs().stream().map(Path::toFile).toList();
        try {
            return LogManager.storedBrokerId(dirs);
        } catch (IOException e) {
            throw new StartupException("the broker id in a log directory cannot be read: " + e.getMessage());
        }
    }
}
