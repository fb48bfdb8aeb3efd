package io.regent.cli;

import io.regent.cli.node.BrokerProbe;
import io.regent.cli.node.ControllerSeat;
import io.regent.cli.node.ZooKeeperView;
import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.ControllerEpochZnode;
import io.regent.metadata.znode.ControllerZnode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;

/**
 * A controller that does nothing but die as a killed process does: its connections close and its port refuses others, while its
 * ZooKeeper session goes on. A broker that ends within this JVM ends its session properly, and nobody has to find out.
 *
 * <p>Used by one thread, once. Every wait is bounded.
 */
final class WarmUpUsurper implements AutoCloseable {
    private static final int ID = 900;
    private static final String LISTENER = "PLAINTEXT";
    private static final int NO_JMX = -1;
    private static final int REGISTRATION_VERSION = 5;
    private static final int ANY_VERSION = -1;

    private final ZooKeeperView view;
    private final int timeoutMs;
    private final WarmUpWait wait;
    private final ServerSocket listening;
    private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();

    /**
     * Listens.
     *
     * @param view whose session it takes for its own
     * @param timeoutMs how long each step may take
     */
    WarmUpUsurper(ZooKeeperView view, int timeoutMs) throws IOException {
        this.view = view;
        this.timeoutMs = timeoutMs;
        this.wait = new WarmUpWait(timeoutMs);
        this.listening = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("warm-up-usurper").start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                connections.add(listening.accept());
            }
        } catch (IOException closed) {
            // That is how it ends.
        }
    }

    /** Takes {@code /controller} from whoever rules, has the brokers at these ports follow it, and dies. */
    void ruleAndDie(Collection<Integer> ports) throws InterruptedException, IOException, TimeoutException {
        try {
            register();
            // Each broker watches it, and the one that rules has something to tell it as well.
            wait.until(() -> connections.size() > ports.size(), "the brokers did not connect to a new one");
            usurp();
        } catch (KeeperException e) {
            throw new CommandFailure("cannot warm up: " + e.getMessage(), e);
        }
        for (int port : ports) {
            try (BrokerProbe probe = BrokerProbe.connect("127.0.0.1", port, timeoutMs)) {
                wait.until(() -> probe.controller().brokerId() == ID, "a broker did not follow a new controller");
            }
        }
        close();
        wait.until(
                () -> {
                    ControllerSeat seat = view.controller();
                    return seat.taken() && seat.brokerId() != ID;
                },
                "nobody took the place of a dead controller");
    }

    private void register() throws KeeperException, InterruptedException {
        Endpoint endpoint = new Endpoint(LISTENER, LISTENER, "127.0.0.1", listening.getLocalPort());
        BrokerRegistration registration = new BrokerRegistration(
                ID,
                0,
                List.of(endpoint),
                Optional.empty(),
                NO_JMX,
                Map.of(),
                System.currentTimeMillis(),
                REGISTRATION_VERSION);
        view.handle()
                .create(
                        BrokerZnode.path(ID),
                        BrokerZnode.encode(registration),
                        Ids.OPEN_ACL_UNSAFE,
                        CreateMode.EPHEMERAL);
    }

    private void usurp() throws KeeperException, InterruptedException {
        int epoch = view.controller().epoch() + 1;
        byte[] seat = ControllerZnode.encode(ID, System.currentTimeMillis());
        view.handle()
                .multi(List.of(
                        Op.delete(ControllerZnode.PATH, ANY_VERSION),
                        Op.create(ControllerZnode.PATH, seat, Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL),
                        Op.setData(ControllerEpochZnode.PATH, ControllerEpochZnode.encode(epoch), ANY_VERSION)));
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
