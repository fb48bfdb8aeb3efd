package io.regent.controller.zk;

/** ZooKeeper could not be reached, or did not answer, within the time that the settings allow. The message names both. */
public final class ZkUnreachableException extends RuntimeException {

    public ZkUnreachableException(String message) {
        super(message);
    }

    static ZkUnreachableException noAnswer(ZkSettings settings) {
        return new ZkUnreachableException("no answer from ZooKeeper at zookeeper.connect=" + settings.connect()
                + " within " + settings.connectionTimeoutMs() + " ms (zookeeper.connection.timeout.ms)");
    }
}
