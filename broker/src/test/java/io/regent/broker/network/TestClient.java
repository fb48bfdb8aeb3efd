package io.regent.broker.network;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** A blocking client over one raw socket, which can also send what no client should. One thread at a time. */
public final class TestClient implements AutoCloseable {
    private static final int READ_TIMEOUT_MS = 20_000;
    private static final String CLIENT_ID = "test-client";

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final DataOutputStream out;

    public TestClient(int port) throws IOException {
        this(port, 0);
    }

    /** @param receiveBufferBytes 0 leaves the socket's default */
    TestClient(int port, int receiveBufferBytes) throws IOException {
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.setSoTimeout(READ_TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_TIMEOUT_MS);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    public RequestHeader send(AbstractRequest request, int correlationId) throws IOException {
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), CLIENT_ID, correlationId);
        sendFrame(request.serializeWithHeader(header));
        return header;
    }

    void sendFrame(ByteBuffer frame) throws IOException {
        byte[] bytes = new byte[frame.remaining()];
        frame.duplicate().get(bytes);
        out.writeInt(bytes.length);
        sendRaw(bytes);
    }

    void sendRaw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    ByteBuffer receiveFrame() throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes);
    }

    /** Fails when the next response does not belong to this request. */
    AbstractResponse receive(RequestHeader header) throws IOException {
        return AbstractResponse.parseResponse(receiveFrame(), header);
    }

    public AbstractResponse call(AbstractRequest request, int correlationId) throws IOException {
        return receive(send(request, correlationId));
    }

    /** Waits for the server to close; false when bytes came instead. */
    public boolean isClosedByServer() throws IOException {
        try {
            return in.read() == -1;
        } catch (EOFException | SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
