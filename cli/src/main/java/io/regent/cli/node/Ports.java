package io.regent.cli.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds out which TCP ports of the loopback address can be listened on.
 *
 * <p>Stateless; any thread. Never keeps a port: somebody else may take it between the answer and its use.
 */
public final class Ports {
    /**
     * Below every system's ephemeral range: a port from that range may be taken by any outgoing connection while its
     * broker is down, and then the broker could not restart.
     */
    private static final int FIRST = 15_000;

    private static final int LAST = 32_000;

    /** Enough for a machine on which nearly every port is taken; then it is time to say so. */
    private static final int MAX_ATTEMPTS = 2_000;

    private Ports() {}

    /** Whether a server could listen on this loopback port now. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // What a server does: a port whose last connections linger in TIME_WAIT is free.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Picks ports that nobody listens on.
     *
     * @throws IOException when the machine has not that many to give
     */
    public static List<Integer> free(int count) throws IOException {
        Set<Integer> found = new HashSet<>();
        for (int attempt = 0; attempt < MAX_ATTEMPTS && found.size() < count; attempt++) {
            int candidate = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (!found.contains(candidate) && isFree(candidate)) {
                found.add(candidate);
            }
        }
        if (found.size() < count) {
            throw new IOException("no " + count + " free TCP ports on the loopback address");
        }
        return new ArrayList<>(found);
    }
}
