package io.regent.cli.bench;

import io.regent.metadata.BrokerRegistration;
import io.regent.metadata.Endpoint;
import io.regent.metadata.znode.BrokerZnode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/**
 * A broker as its controller sees it: a registration in ZooKeeper, and a listener that answers the controller's requests. It
 * stores nothing, and remembers in its ledger what it was told.
 *
 * <p>One thread starts and ends it; requests come on any.
 */
final class FakeBroker implements AutoCloseable {
    private static final int REGISTRATION_VERSION = 5;
    private static final int NO_JMX = -1;
    private static final String LISTENER = "PLAINTEXT";

    private final int id;
    private final int port;
    private final Ledger ledger;
    private final ControlAnswers answers;
    private final String zooKeeperConnect;
    private final Consumer<String> complaints;
    private volatile long epoch;
    private FakeServer server;
    private ZooKeeperClient session;

    FakeBroker(int id, int port, Catalog catalog, String zooKeeperConnect, Consumer<String> complaints) {
        this.id = id;
        this.port = port;
        this.ledger = new Ledger(catalog.capacity());
        this.answers = new ControlAnswers(catalog);
        this.zooKeeperConnect = zooKeeperConnect;
        this.complaints = complaint -> complaints.accept("broker " + id + ": " + complaint);
    }

    int id() {
        return id;
    }

    Ledger ledger() {
        return ledger;
    }

    /** The broker epoch of this life. */
    long epoch() {
        return epoch;
    }

    boolean lives() {
        return session != null;
    }

    /** Listens and registers. */
    void start() {
        // What a controller sends before the epoch is known here is of this life: it learned of it from ZooKeeper.
        epoch = 0;
        server = FakeServer.open("broker-" + id, port, this::answer, complaints);
        session = ZooKeeperClient.connect(zooKeeperConnect);
        BrokerRegistration registration = new BrokerRegistration(
                id,
                epoch,
                List.of(new Endpoint(LISTENER, LISTENER, "127.0.0.1", port)),
                Optional.empty(),
                NO_JMX,
                Map.of(),
                System.currentTimeMillis(),
                REGISTRATION_VERSION);
        epoch = session.createEphemeral(BrokerZnode.path(id), BrokerZnode.encode(registration));
    }

    /** Dies: first its registration goes, then its connections close. */
    @Override
    public void close() {
        if (session != null) {
            session.close();
            session = null;
            server.close();
        }
    }

    /** Takes a request; see {@link FakeServer.Receiver}. */
    ByteBuffer answer(byte[] frame, long atNanos) {
        return answers.answer(frame, head -> judge(head, atNanos));
    }

    private ControlScan.Verdict judge(ControlScan.Head head, long atNanos) {
        if (head.brokerEpoch() < epoch) {
            return ControlScan.Verdict.refused(Errors.STALE_BROKER_EPOCH);
        }
        if (!ledger.begin(head.channel(), head.controllerEpoch(), atNanos)) {
            return ControlScan.Verdict.refused(Errors.STALE_CONTROLLER_EPOCH);
        }
        return new ControlScan.Verdict(Errors.NONE, ledger.receiver(head.channel(), head.controllerEpoch(), atNanos));
    }
}
