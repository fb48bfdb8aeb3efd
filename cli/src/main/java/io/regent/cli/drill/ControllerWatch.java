package io.regent.cli.drill;

import io.regent.cli.CommandFailure;
import io.regent.cli.node.ControllerSeat;
import io.regent.cli.node.ZooKeeperView;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.zookeeper.AsyncCallback;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.data.Stat;

/**
 * Watches {@code /controller} in ZooKeeper and tells when it goes, and who takes it.
 *
 * <p>The listener is called on ZooKeeper's event thread ({@code gone}) and on one thread of its own ({@code taken}). Never writes.
 */
final class ControllerWatch implements AutoCloseable {
    private static final String PATH = "/controller";
    private static final int CONNECT_TIMEOUT_MS = 10_000;

    /** Told of each change, with the moment on {@link System#nanoTime()}. */
    interface Listener {
        void gone(long nanos);

        void taken(ControllerSeat seat, long nanos);
    }

    private final ZooKeeperView view;
    private volatile Listener listener;
    private final ExecutorService reader = Executors.newSingleThreadExecutor(runnable -> {
        Thread thread = new Thread(runnable, "controller-reader");
        thread.setDaemon(true);
        return thread;
    });

    ControllerWatch(String connectString) {
        this.view = ZooKeeperView.connect(connectString, CONNECT_TIMEOUT_MS);
        arm(EventType.None);
    }

    /** Tells this listener from now on, or nobody when it is null. */
    void listen(Listener next) {
        this.listener = next;
    }

    /** Who rules now. */
    ControllerSeat now() {
        return view.controller();
    }

    private void arm(EventType after) {
        AsyncCallback.StatCallback reply = (int code, String path, Object context, Stat stat) -> {
            if (code == KeeperException.Code.OK.intValue() && after == EventType.NodeDeleted) {
                // It was taken again before the watch was set anew, so nothing else would tell.
                readSeat(System.nanoTime());
            }
        };
        view.handle().exists(PATH, this::changed, reply, null);
    }

    private void changed(WatchedEvent event) {
        long now = System.nanoTime();
        if (event.getType() == EventType.None) {
            return;
        }
        arm(event.getType());
        Listener told = listener;
        switch (event.getType()) {
            case NodeDeleted -> {
                if (told != null) {
                    told.gone(now);
                }
            }
            case NodeCreated, NodeDataChanged -> readSeat(now);
            default -> {}
        }
    }

    private void readSeat(long nanos) {
        try {
            reader.execute(() -> {
                try {
                    ControllerSeat seat = view.controller();
                    Listener told = listener;
                    if (seat.taken() && told != null) {
                        told.taken(seat, nanos);
                    }
                } catch (CommandFailure e) {
                    // The next change, or the drill's own patience, settles it.
                    return;
                }
            });
        } catch (RejectedExecutionException e) {
            // The drill is over.
            return;
        }
    }

    @Override
    public void close() {
        reader.shutdownNow();
        view.close();
    }
}
