package io.regent.controller.link;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** {@link BrokerConnection} over Netty, speaking Kafka's protocol. Confined to its event loop, where it never waits. */
final class NettyConnection implements BrokerConnection {

    /** A control response names each partition of its request in a few bytes; this is far beyond any of them. */
    private static final int MAX_RESPONSE_BYTES = 100 * 1024 * 1024;

    private static final int LENGTH_BYTES = 4;

    private record Unanswered(RequestHeader header, CompletableFuture<BrokerAnswer> answer) {}

    private final EventLoop loop;
    private final String clientId;
    private final long timeoutMs;
    private final Listener listener;
    private final Deque<Unanswered> unanswered = new ArrayDeque<>();

    private Channel channel;
    private ApiVersionsResponse versions;
    private int nextCorrelationId;
    private boolean closed;

    private NettyConnection(EventLoop loop, String clientId, long timeoutMs, Listener listener) {
        this.loop = loop;
        this.clientId = clientId;
        this.timeoutMs = timeoutMs;
        this.listener = listener;
    }

    /**
     * Begins to connect. Called on the event loop.
     *
     * @param timeoutMs how long connecting may take, and then each answer
     */
    static NettyConnection open(
            EventLoop loop, String host, int port, String clientId, long timeoutMs, Listener listener) {
        NettyConnection connection = new NettyConnection(loop, clientId, timeoutMs, listener);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, timeoutMs))
                .handler(connection.new Pipeline());
        ChannelFuture connecting = bootstrap.connect(host, port);
        connection.channel = connecting.channel();
        connecting.addListener(done -> connection.connected(done.isSuccess() ? null : done.cause()));
        return connection;
    }

    private final class Pipeline extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel made) {
            made.pipeline()
                    .addLast(new LengthFieldBasedFrameDecoder(MAX_RESPONSE_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES))
                    .addLast(new ChunkedWriteHandler())
                    .addLast(new Responses());
        }
    }

    private final class Responses extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf frame) {
            byte[] bytes = new byte[frame.readableBytes()];
            frame.readBytes(bytes);
            answered(ByteBuffer.wrap(bytes));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            fail("the broker closed the connection");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(cause.toString());
        }
    }

    private void connected(Throwable failure) {
        if (failure != null) {
            fail(failure.toString());
        } else if (!closed) {
            askVersions(ApiKeys.API_VERSIONS.latestVersion());
        }
    }

    /** A broker that does not know this version of the request answers in version 0, with what it knows (KIP-511). */
    private void askVersions(short version) {
        var unused = send(Body.of(
                        new ApiVersionsRequest.Builder().build(version).data(), version))
                .thenAccept(answer -> {
                    ApiVersionsResponse told = (ApiVersionsResponse) ((BrokerAnswer.Whole) answer).response();
                    Errors error = Errors.forCode(told.data().errorCode());
                    if (error == Errors.UNSUPPORTED_VERSION && version > 0) {
                        askVersions((short) 0);
                    } else if (error != Errors.NONE) {
                        fail("the broker answered ApiVersions with " + error);
                    } else {
                        versions = told;
                        listener.ready();
                    }
                });
    }

    @Override
    public Optional<Short> version(ApiKeys key, short lowest) {
        ApiVersion theirs = versions == null ? null : versions.apiVersion(key.id);
        if (theirs == null) {
            return Optional.empty();
        }
        short highest = (short) Math.min(key.latestVersion(), theirs.maxVersion());
        return highest < Math.max(lowest, theirs.minVersion()) ? Optional.empty() : Optional.of(highest);
    }

    @Override
    public CompletableFuture<BrokerAnswer> send(Body body) {
        CompletableFuture<BrokerAnswer> answer = new CompletableFuture<>();
        if (closed) {
            answer.completeExceptionally(new IOException("the connection is closed"));
            return answer;
        }
        RequestHeader header = new RequestHeader(body.key(), body.version(), clientId, nextCorrelationId++);
        Unanswered sent = new Unanswered(header, answer);
        unanswered.add(sent);
        channel.writeAndFlush(new RequestFrame(header, body)).addListener(written -> {
            if (!written.isSuccess()) {
                // A part of it may be gone already, and nothing that follows would be understood.
                fail(written.cause().toString());
            }
        });
        Future<?> expiry = loop.schedule(() -> expire(sent), timeoutMs, TimeUnit.MILLISECONDS);
        var unusedStage = answer.whenComplete((response, failure) -> expiry.cancel(false));
        return answer;
    }

    private void expire(Unanswered sent) {
        if (!sent.answer().isDone()) {
            fail("no answer to " + sent.header().apiKey() + " within " + timeoutMs + " ms");
        }
    }

    private void answered(ByteBuffer frame) {
        Unanswered oldest = unanswered.poll();
        if (oldest == null) {
            fail("the broker answered what it was not asked");
            return;
        }
        try {
            oldest.answer().complete(BrokerAnswer.read(frame, oldest.header()));
        } catch (RuntimeException e) {
            oldest.answer().completeExceptionally(new IOException("an unreadable answer", e));
            fail("the broker's answer to " + oldest.header().apiKey() + " cannot be read: " + e);
        }
    }

    private void fail(String reason) {
        if (closed) {
            return;
        }
        close();
        listener.closed(reason);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        var unused = channel.close();
        IOException gone = new IOException("the connection is closed");
        while (!unanswered.isEmpty()) {
            unanswered.poll().answer().completeExceptionally(gone);
        }
    }
}
