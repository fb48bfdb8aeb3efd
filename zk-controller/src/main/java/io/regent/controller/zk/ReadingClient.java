package io.regent.controller.zk;

import java.io.IOException;
import org.apache.zookeeper.AsyncCallback.VoidCallback;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.proto.ReplyHeader;
import org.apache.zookeeper.proto.RequestHeader;

/** ZooKeeper's client, which also takes a {@link MultiRead}. Safe for use by any thread. */
final class ReadingClient extends ZooKeeper {

    private final String chroot;

    /**
     * @param chroot what the connect string ends with; empty for none
     * @throws IOException when no socket can be made
     */
    ReadingClient(
            String connect, String chroot, int timeoutMs, Watcher watcher, boolean readOnly, ZKClientConfig config)
            throws IOException {
        super(connect, timeoutMs, watcher, readOnly, config);
        this.chroot = chroot;
    }

    /** Sends it, in order with all other calls; the callback says whether there is an answer. */
    void read(MultiRead read, VoidCallback callback) {
        RequestHeader header = new RequestHeader();
        header.setType(OpCode.multiRead);
        cnxn.queuePacket(
                header, new ReplyHeader(), read.request(chroot), read.answer(), callback, null, null, null, null);
    }
}
