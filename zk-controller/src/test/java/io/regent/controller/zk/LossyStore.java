package io.regent.controller.zk;

import io.regent.controller.loop.StoreEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A cluster of which one node's store is tested, over a connection that breaks when the test wants it to. */
abstract class LossyStore {

    final StoreProbe probe = new StoreProbe();
    ZkFixture zk;
    LossyProxy proxy;
    CuratorSession session;
    ZkStore store;

    @BeforeEach
    void join() throws Exception {
        zk = new ZkFixture().withRoots();
        proxy = zk.proxy();
        prepare();
        session = zk.session("lossy", proxy);
        store = zk.own(new ZkStore(session, 1, () -> false));
        store.start(probe);
        probe.awaitEvent(StoreEvent.SessionBegan.class);
    }

    /** Puts into ZooKeeper what shall be there before the node comes. */
    void prepare() throws Exception {}

    @AfterEach
    void stop() throws Exception {
        zk.close();
    }
}
