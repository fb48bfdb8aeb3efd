package io.regent.cli.bench;

import io.regent.cli.CommandFailure;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Listens where a broker would and hands whole frames to a receiver, with a thread for each of its few connections: nothing is
 * cheaper than a thread that reads exactly one frame into exactly one array.
 *
 * <p>Any thread may open and close it. Closed, it refuses connections, as a dead process does.
 */
final class FakeServer implements AutoCloseable {
    /** A controller may put a million partitions into one request. */
    private static final int MAX_FRAME_BYTES = 512 * 1024 * 1024;

    private static final int BUFFER_BYTES = 256 * 1024;

    /** Answers a frame. */
    interface Receiver {
        /** @param atNanos when the whole frame had arrived */
        ByteBuffer answer(byte[] frame, long atNanos);
    }

    private final ServerSocket listening;
    private final Receiver receiver;
    private final Consumer<String> complaints;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

    private FakeServer(ServerSocket listening, Receiver receiver, Consumer<String> complaints) {
        this.listening = listening;
        this.receiver = receiver;
        this.complaints = complaints;
    }

    /**
     * Begins to listen on the loopback address.
     *
     * @param complaints told of requests that nobody understands
     */
    static FakeServer open(String name, int port, Receiver receiver, Consumer<String> complaints) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            FakeServer server = new FakeServer(socket, receiver, complaints);
            start(name + "-acceptor", server::accept);
            return server;
        } catch (IOException e) {
            throw new CommandFailure(name + " cannot listen on port " + port + ": " + e.getMessage(), e);
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        String name = Thread.currentThread().getName();
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                connections.add(socket);
                start(name + "-" + socket.getPort(), () -> serve(socket));
                if (listening.isClosed()) {
                    closeQuietly(socket);
                }
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    complaints.accept("a connection could not be accepted: " + e.getMessage());
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                DataInputStream in =
                        new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
                DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
            while (true) {
                int length = in.readInt();
                if (length < 0 || length > MAX_FRAME_BYTES) {
                    throw new IOException("a frame of " + length + " bytes");
                }
                byte[] frame = new byte[length];
                in.readFully(frame);
                send(out, receiver.answer(frame, System.nanoTime()));
            }
        } catch (EOFException | SocketException e) {
            // The other side has gone, or this one was closed.
            return;
        } catch (IOException | RuntimeException e) {
            complaints.accept("a request was not understood: " + e);
        } finally {
            connections.remove(socket);
        }
    }

    private static void send(DataOutputStream out, ByteBuffer answer) throws IOException {
        byte[] frame = new byte[Integer.BYTES + answer.remaining()];
        ByteBuffer.wrap(frame).putInt(answer.remaining()).put(answer);
        out.write(frame);
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new CommandFailure("cannot stop listening: " + e.getMessage(), e);
        }
        connections.forEach(FakeServer::closeQuietly);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more either way.
            return;
        }
    }
}
