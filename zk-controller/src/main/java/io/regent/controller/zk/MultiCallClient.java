package io.regent.controller.zk;

import java.io.IOException;
import org.apache.zookeeper.AsyncCallback.VoidCallback;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;

/** ZooKeeper's client, which also takes a {@link MultiCall}. Safe for use by any thread. */
final class MultiCallClient extends ZooKeeper {

    private final String chroot;

    /**
     * @param chroot what the connect string ends with; empty for none
     * @throws IOException when no socket can be made
     */
    MultiCallClient(
            String connect, String chroot, int timeoutMs, Watcher watcher, boolean readOnly, ZKClientConfig config)
            throws IOException {
        super(connect, timeoutMs, watcher, readOnly, config);
        this.chroot = chroot;
    }

    /** Sends it, in order with all other calls; the callback says whether there is an answer. */
    void send(MultiCall call, VoidCallback callback) {
        RequestHeader header = new RequestHeader();
        header.setType(call.type());
        cnxn.queuePacket(
                header, new ReplyHeader(), call.request(chroot), call.answer(), callback, null, null, null, null);
    }
}
