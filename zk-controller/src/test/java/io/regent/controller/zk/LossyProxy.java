package io.regent.controller.zk;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.zookeeper.ZooDefs.OpCode;

/**
 * Stands between a client and ZooKeeper, and loses the reply to a chosen kind of request: the request takes effect, and the
 * connection breaks before its reply comes through.
 */
final class LossyProxy implements AutoCloseable {

    private static final int NONE = Integer.MIN_VALUE;
    private static final Set<Integer> SINCE_3_6 = Set.of(OpCode.multiRead, OpCode.addWatch, OpCode.setWatches2);
    private static final int UNKNOWN_TYPE = 999;

    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger losses = new AtomicInteger();
    private volatile int lostType = NONE;
    private volatile boolean refusing;
    private volatile boolean old;

    LossyProxy(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    String connectString() {
        return connectString(listening.getLocalPort());
    }

    /** The address twice: a client that has lost its connection tries another address at once, but waits before the same. */
    static String connectString(int port) {
        return "127.0.0.1:" + port + ",127.0.0.1:" + port;
    }

    /** Loses the reply to the next multi that writes. */
    void loseNextMulti() {
        lostType = OpCode.multi;
    }

    /** Has the server answer what came with ZooKeeper 3.6 as an older one does: as unimplemented. */
    void pretendOld() {
        old = true;
    }

    int losses() {
        return losses.get();
    }

    /** Breaks all connections, and lets no new one through until {@link #restore}. */
    void partition() {
        refusing = true;
        sockets.forEach(LossyProxy::close);
    }

    void restore() {
        refusing = false;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                if (refusing) {
                    close(client);
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                AtomicInteger lostXid = new AtomicInteger(NONE);
                daemon(() -> requests(client, server, lostXid));
                daemon(() -> replies(client, server, lostXid));
            }
        } catch (IOException e) {
            // The proxy was closed.
        }
    }

    private void requests(Socket client, Socket server, AtomicInteger lostXid) {
        try {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(server.getOutputStream());
            boolean handshake = true;
            while (true) {
                byte[] frame = readFrame(in);
                ByteBuffer header = ByteBuffer.wrap(frame);
                if (!handshake && frame.length >= 8 && header.getInt(4) == lostType) {
                    lostType = NONE;
                    lostXid.set(header.getInt(0));
                }
                if (!handshake && old && SINCE_3_6.contains(header.getInt(4))) {
                    header.putInt(4, UNKNOWN_TYPE);
                }
                handshake = false;
                writeFrame(out, frame);
            }
        } catch (IOException e) {
            close(client);
            close(server);
        }
    }

    private void replies(Socket client, Socket server, AtomicInteger lostXid) {
        try {
            DataInputStream in = new DataInputStream(server.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            boolean handshake = true;
            while (true) {
                byte[] frame = readFrame(in);
                if (!handshake && ByteBuffer.wrap(frame).getInt(0) == lostXid.get()) {
                    losses.incrementAndGet();
                    throw new IOException("lost");
                }
                handshake = false;
                writeFrame(out, frame);
            }
        } catch (IOException e) {
            close(client);
            close(server);
        }
    }

    private static byte[] readFrame(DataInputStream in) throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return frame;
    }

    private static void writeFrame(DataOutputStream out, byte[] frame) throws IOException {
        byte[] whole = ByteBuffer.allocate(4 + frame.length)
                .putInt(frame.length)
                .put(frame)
                .array();
        out.write(whole);
        out.flush();
    }

    private static void daemon(Runnable task) {
        Thread.ofPlatform().daemon().name("lossy-proxy").start(task);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        sockets.forEach(LossyProxy::close);
    }
}
