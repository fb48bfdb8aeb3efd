package io.regent.cli.bench;

import io.regent.metadata.znode.BrokerZnode;
import io.regent.metadata.znode.ControllerZnode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;

/**
 * Sees when {@code /controller} and the brokers' registrations come and go, as anybody who watches ZooKeeper does.
 *
 * <p>Any thread. Never reads: a time is that of the event's arrival.
 */
final class Witness {
    private record Expectation(EventType type, String path, CompletableFuture<Long> seen) {}

    private final List<Expectation> expectations = new ArrayList<>();

    Witness(ZooKeeperClient client) {
        client.watch(ControllerZnode.PATH, this::see);
        client.watch(BrokerZnode.PARENT, this::see);
    }

    private synchronized void see(WatchedEvent event) {
        long now = System.nanoTime();
        for (Iterator<Expectation> each = expectations.iterator(); each.hasNext(); ) {
            Expectation expected = each.next();
            if (expected.type() == event.getType() && expected.path().equals(event.getPath())) {
                expected.seen().complete(now);
                each.remove();
            }
        }
    }

    /** When the znode is next created, on {@link System#nanoTime()}. */
    CompletableFuture<Long> creation(String path) {
        return expect(EventType.NodeCreated, path);
    }

    /** When the znode is next deleted, on {@link System#nanoTime()}. */
    CompletableFuture<Long> deletion(String path) {
        return expect(EventType.NodeDeleted, path);
    }

    private synchronized CompletableFuture<Long> expect(EventType type, String path) {
        Expectation expected = new Expectation(type, path, new CompletableFuture<>());
        expectations.add(expected);
        return expected.seen();
    }
}
