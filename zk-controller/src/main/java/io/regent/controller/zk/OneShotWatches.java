package io.regent.controller.zk;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.zookeeper.AsyncCallback.ChildrenCallback;
import org.apache.zookeeper.AsyncCallback.StatCallback;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooKeeper;

/**
 * Watches that stay, on a server older than 3.6, which only has watches that are gone once they have told something.
 *
 * <p>Each is set again before what it told is handed on, so that whoever reads then misses nothing. Any thread may call it.
 */
final class OneShotWatches {

    private final ZooKeeper zooKeeper;
    /** By path and by whom it tells, the watch that sets itself again. */
    private final Map<String, Map<Watcher, Watcher>> lasting = new ConcurrentHashMap<>();

    OneShotWatches(ZooKeeper zooKeeper) {
        this.zooKeeper = zooKeeper;
    }

    /**
     * Has each later change of the znode, and of the list of its children, told to the watcher. Called again after a
     * reconnect, as what was being set then is lost; ZooKeeper's client holds the same watch once, however often it is set.
     */
    void watch(String path, Watcher watcher) {
        set(
                path,
                lasting.computeIfAbsent(path, key -> new ConcurrentHashMap<>())
                        .computeIfAbsent(watcher, told -> lasting(path, told)));
    }

    private Watcher lasting(String path, Watcher told) {
        return new Watcher() {
            @Override
            public void process(WatchedEvent event) {
                if (event.getType() != EventType.None) {
                    set(path, this);
                }
                told.process(event);
            }
        };
    }

    private void set(String path, Watcher watch) {
        zooKeeper.exists(path, watch, (StatCallback) (rc, p, ctx, stat) -> {}, null);
        zooKeeper.getChildren(path, watch, (ChildrenCallback) (rc, p, ctx, children) -> {}, null);
    }
}
