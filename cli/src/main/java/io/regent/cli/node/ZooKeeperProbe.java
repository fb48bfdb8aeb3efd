package io.regent.cli.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Asks a ZooKeeper server on this machine whether it serves, by the one four-letter word that is always allowed.
 *
 * <p>Stateless; any thread.
 */
public final class ZooKeeperProbe {
    private static final int MAX_REPLY_BYTES = 4_096;

    private ZooKeeperProbe() {}

    /** Whether the server on this loopback port answers {@code srvr} within the timeout, in any mode. */
    public static boolean serves(int port, int timeoutMs) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(timeoutMs);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), timeoutMs);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            byte[] reply = socket.getInputStream().readNBytes(MAX_REPLY_BYTES);
            return new String(reply, StandardCharsets.US_ASCII).contains("Mode: ");
        } catch (IOException e) {
            return false;
        }
    }
}
