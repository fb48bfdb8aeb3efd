package io.regent.cli.drill;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Holds an idle connection to a broker, to see the very moment at which the operating system closes it.
 *
 * <p>Its own daemon thread waits; it calls back at most once.
 */
final class DeathWitness implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MS = 2_000;

    interface Testimony {
        void closedAt(long nanos);
    }

    private final Socket socket = new Socket();
    private volatile boolean dismissed;

    /**
     * Connects, and watches from now on.
     *
     * @throws IOException when the broker does not take the connection
     */
    @SuppressWarnings("AddressSelection") // The broker is watched at the one address that its clients use first.
    DeathWitness(Endpoint broker, Testimony testimony) throws IOException {
        socket.connect(new InetSocketAddress(broker.host(), broker.port()), CONNECT_TIMEOUT_MS);
        Thread thread = new Thread(() -> watch(testimony), "death-witness");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch(Testimony testimony) {
        try {
            // A broker says nothing unasked; whatever came would not be its end.
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // A reset is an end like any other.
            report(testimony);
            return;
        }
        report(testimony);
    }

    private void report(Testimony testimony) {
        long now = System.nanoTime();
        if (!dismissed) {
            testimony.closedAt(now);
        }
    }

    @Override
    public void close() {
        dismissed = true;
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is lost with it.
            return;
        }
    }
}
