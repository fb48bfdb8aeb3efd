package io.regent.controller.zk;

import org.apache.zookeeper.data.Stat;

/**
 * A znode as it was read.
 *
 * @param data its bytes, null when it was created without any
 * @param version its {@code dataVersion}
 * @param czxid the transaction that created it; a broker's epoch
 * @param owner the session that an ephemeral znode belongs to; 0 for a persistent one
 */
// The bytes are ZooKeeper's own reply, handed on to the codec and never compared.
@SuppressWarnings("ArrayRecordComponent")
public record Znode(String path, byte[] data, int version, long czxid, long owner) {

    static Znode of(String path, byte[] data, Stat stat) {
        return new Znode(path, data, stat.getVersion(), stat.getCzxid(), stat.getEphemeralOwner());
    }
}
