package io.regent.controller.zk;

import java.util.List;
import org.apache.zookeeper.client.ZKClientConfig;

/**
 * The configuration of a ZooKeeper client that never speaks TLS.
 *
 * <p>Made by one thread, then read by the client's. It takes the same system properties as {@link ZKClientConfig}, but for those of
 * TLS: only to learn their names, that class has the JDK read every certificate that it trusts, which takes a start of a node
 * longer than all else that ZooKeeper's client does.
 */
final class PlainClientConfig extends ZKClientConfig {
    private static final List<String> SYSTEM_PROPERTIES = List.of(
            KINIT_COMMAND,
            JGSS_NATIVE,
            ZK_SASL_CLIENT_USERNAME,
            ZK_SASL_CLIENT_CANONICALIZE_HOSTNAME,
            LOGIN_CONTEXT_NAME_KEY,
            ENABLE_CLIENT_SASL_KEY,
            ZOOKEEPER_SERVER_REALM,
            DISABLE_AUTO_WATCH_RESET);

    /** @param maxReplyBytes a larger reply ends the connection */
    PlainClientConfig(int maxReplyBytes) {
        setProperty(JUTE_MAXBUFFER, Integer.toString(maxReplyBytes));
    }

    /** Called by the constructor above this one. */
    @Override
    protected void handleBackwardCompatibility() {
        SYSTEM_PROPERTIES.forEach(key -> setProperty(key, System.getProperty(key)));
    }
}
