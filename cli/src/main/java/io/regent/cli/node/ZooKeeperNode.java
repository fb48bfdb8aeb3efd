package io.regent.cli.node;

import io.regent.cli.CommandFailure;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.zookeeper.server.DatadirCleanupManager;
import org.apache.zookeeper.server.ServerConfig;
import org.apache.zookeeper.server.ZooKeeperServerMain;
import org.apache.zookeeper.server.admin.AdminServer.AdminServerException;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog.DatadirException;
import org.apache.zookeeper.server.quorum.QuorumPeer;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig;
import org.apache.zookeeper.server.quorum.QuorumPeerConfig.ConfigException;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;
import org.apache.zookeeper.server.quorum.QuorumStats;

/**
 * Runs a ZooKeeper server in this process and says one line when it serves.
 *
 * <p>Run once, by the thread that may block until the server ends. Never opens ZooKeeper's HTTP admin server unless the file asks for it.
 */
public final class ZooKeeperNode implements Runnable {
    private static final String ADMIN_SERVER = "admin.enableServer";
    private static final long ENSEMBLE_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Properties properties;
    private final Consumer<String> announce;

    /**
     * @param properties ZooKeeper's own keys
     * @param announce told one line once the server serves
     */
    public ZooKeeperNode(Properties properties, Consumer<String> announce) {
        this.properties = properties;
        this.announce = announce;
    }

    /** @throws CommandFailure when the configuration is wrong or the server cannot serve */
    @Override
    public void run() {
        properties.putIfAbsent(ADMIN_SERVER, "false");
        QuorumPeerConfig config = new QuorumPeerConfig();
        try {
            config.parseProperties(properties);
        } catch (NumberFormatException e) {
            throw new CommandFailure("ZooKeeper's configuration is wrong: " + keysThatAreNoNumber(e), e);
        } catch (IOException | ConfigException | IllegalArgumentException e) {
            throw new CommandFailure("ZooKeeper's configuration is wrong: " + messageOf(e), e);
        }
        if (config.getClientPortAddress() == null) {
            throw new CommandFailure("ZooKeeper's configuration is wrong: clientPort is not set");
        }
        try {
            DatadirCleanupManager cleanup = new DatadirCleanupManager(
                    config.getDataDir(),
                    config.getDataLogDir(),
                    config.getSnapRetainCount(),
                    config.getPurgeInterval());
            cleanup.start();
            if (config.isDistributed()) {
                runInEnsemble(config);
            } else {
                runAlone(config);
            }
        } catch (BindException e) {
            throw new CommandFailure(
                    "cannot listen on " + text(config.getClientPortAddress()) + ": " + messageOf(e), e);
        } catch (DatadirException e) {
            throw new CommandFailure("cannot use the data directory " + config.getDataDir() + ": " + messageOf(e), e);
        } catch (IOException | AdminServerException e) {
            throw new CommandFailure("ZooKeeper cannot run: " + messageOf(e), e);
        }
    }

    /** ZooKeeper's parser names the value but not the key. */
    private String keysThatAreNoNumber(NumberFormatException e) {
        String message = String.valueOf(e.getMessage());
        return properties.stringPropertyNames().stream()
                .filter(key ->
                        message.contains('"' + properties.getProperty(key).strip() + '"'))
                .sorted()
                .findFirst()
                .map(key -> key + " is not a number: " + properties.getProperty(key))
                .orElse(message);
    }

    private void runAlone(QuorumPeerConfig config) throws IOException, AdminServerException {
        ServerConfig serverConfig = new ServerConfig();
        serverConfig.readFrom(config);
        ZooKeeperServerMain server = new ZooKeeperServerMain() {
            @Override
            protected void serverStarted() {
                announceServing(config, "alone");
            }
        };
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "zookeeper-shutdown"));
        server.runFromConfig(serverConfig);
    }

    private void runInEnsemble(QuorumPeerConfig config) throws IOException, AdminServerException {
        EnsembleMember member = new EnsembleMember();
        Thread watch = new Thread(() -> announceOnceInEnsemble(member, config), "zookeeper-announcer");
        watch.setDaemon(true);
        watch.start();
        member.runFromConfig(config);
    }

    /** Waits as long as the ensemble needs to find a quorum: that is for the others to decide. */
    private void announceOnceInEnsemble(EnsembleMember member, QuorumPeerConfig config) {
        while (!member.serves()) {
            LockSupport.parkNanos(ENSEMBLE_POLL_NANOS);
        }
        announceServing(
                config,
                "server " + config.getServerId() + " of " + config.getServers().size() + ", " + member.role());
    }

    private void announceServing(QuorumPeerConfig config, String role) {
        long sinceStartMs = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        announce.accept("ZooKeeper serves on " + text(config.getClientPortAddress()) + " (" + role + ", data in "
                + config.getDataDir() + ") after " + sinceStartMs + " ms");
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    private static String messageOf(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** Gives sight of the peer that {@link QuorumPeerMain} makes. */
    private static final class EnsembleMember extends QuorumPeerMain {
        private static final Set<String> SERVING = Set.of(
                QuorumStats.Provider.LEADING_STATE,
                QuorumStats.Provider.FOLLOWING_STATE,
                QuorumStats.Provider.OBSERVING_STATE);

        boolean serves() {
            QuorumPeer peer = quorumPeer;
            return peer != null && SERVING.contains(peer.getServerState());
        }

        String role() {
            return quorumPeer.getServerState();
        }
    }
}
