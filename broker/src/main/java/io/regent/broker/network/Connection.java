package io.regent.broker.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.network.InvalidReceiveException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection: bytes in, requests to the handlers in order, responses out in the same order.
 *
 * <p>All state is confined to the channel's event loop; {@link #onLoop}, {@link #returned}, {@link #resume} and
 * {@link #drop} may be called from any thread. It stops reading while the exchanges in flight are at their bound, and stops serializing
 * while the peer does not read, so neither side of a connection can make the broker buffer without bound.
 */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails closes the channel, which channelInactive sees.
final class Connection extends ChannelInboundHandlerAdapter implements UnfinishedFrames.Holder {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private final RequestDecoder decoder;
    private final RequestDispatcher dispatcher;
    private final RequestMetrics metrics;
    private final UnfinishedFrames unfinished;
    private final TrafficLimits limits;
    private final FrameAssembler assembler;
    private final ExchangeQueue exchanges = new ExchangeQueue();
    /** Bytes that were read before reading could be stopped: a buffer, rarely two. */
    private final ArrayDeque<ByteBuf> unread = new ArrayDeque<>(2);

    private ChannelHandlerContext context;
    private ResponseWriter writing;
    private boolean parked;
    private int rests;
    private boolean closing;

    Connection(
            RequestDecoder decoder,
            RequestDispatcher dispatcher,
            RequestMetrics metrics,
            UnfinishedFrames unfinished,
            TrafficLimits limits,
            int maxFrameBytes) {
        this.decoder = decoder;
        this.dispatcher = dispatcher;
        this.metrics = metrics;
        this.unfinished = unfinished;
        this.limits = limits;
        this.assembler = new FrameAssembler(maxFrameBytes);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        this.context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (closing) {
            bytes.release();
            return;
        }
        unread.addLast(bytes);
        decodeUnread();
    }

    /** Decodes as far as the bound on exchanges allows, and reads on only when all that has arrived is decoded. */
    private void decodeUnread() {
        try {
            while (!unread.isEmpty() && rests == 0 && !exchanges.isFull()) {
                ByteBuffer frame = assembler.next(unread.peekFirst());
                if (frame != null) {
                    receive(frame);
                }
                if (!unread.peekFirst().isReadable()) {
                    unread.removeFirst().release();
                }
            }
        } catch (InvalidReceiveException | InvalidRequestException e) {
            refuse(e.getMessage());
            return;
        }
        unfinished.holds(this, assembler.bufferedBytes());
        context.channel().config().setAutoRead(unread.isEmpty() && rests == 0 && !exchanges.isFull());
        handleNext();
    }

    private void receive(ByteBuffer frame) {
        Exchange exchange = new Exchange(this, frame.remaining());
        Request request = decoder.decode(frame, exchange);
        exchange.open(request);
        exchanges.add(exchange);
    }

    /** Hands on the next request whose turn it is; returns whether a place in the queue was used. */
    private boolean handleNext() {
        if (parked || closing || rests > 0) {
            return false;
        }
        Exchange next = exchanges.nextToHandle();
        if (next == null) {
            return false;
        }
        parked = !dispatcher.submit(next);
        if (parked) {
            return false;
        }
        next.markHanded();
        return true;
    }

    /** The dispatcher has room again. Always a later turn of the loop, as it may be called from within submit. */
    void resume() {
        later(() -> {
            parked = false;
            if (!handleNext() && !parked) {
                dispatcher.resumeOne();
            }
        });
    }

    TrafficLimits limits() {
        return limits;
    }

    /** Reads and handles nothing more for this long; answers go out all the same. On the event loop only. */
    void rest(int restMs) {
        if (restMs > 0 && !closing) {
            rests++;
            context.channel().config().setAutoRead(false);
            context.executor().schedule(this::rested, restMs, TimeUnit.MILLISECONDS);
        }
    }

    private void rested() {
        rests--;
        if (rests == 0 && !closing) {
            decodeUnread();
        }
    }

    /** The handler has returned from this request, answered or not. */
    void returned(Exchange exchange) {
        onLoop(() -> {
            exchange.markReturned();
            handleNext();
        });
    }

    /** On the event loop only. */
    void answered(Exchange exchange) {
        exchange.markAnswered();
        if (!closing) {
            writeAnswers();
            handleNext();
        }
    }

    /** Writes the answers whose turn has come while the peer takes them; what was freed lets reading go on. */
    private void writeAnswers() {
        boolean wrote = false;
        boolean wasFull = exchanges.isFull();
        try {
            Exchange head = exchanges.answeredHead();
            while (head != null && context.channel().isWritable()) {
                if (head.disconnectReason() != null) {
                    LOG.info("Closing connection {}: {}", decoder.connectionId(), head.disconnectReason());
                    closeAfterFlush();
                    return;
                }
                if (head.response() != null) {
                    wrote = true;
                    if (!writeChunkOf(head)) {
                        continue;
                    }
                }
                metrics.completed(head.request());
                exchanges.removeHead();
                head = exchanges.answeredHead();
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("Closing connection {}: its response cannot be sent", decoder.connectionId(), e);
            closeAfterFlush();
            return;
        }
        if (wrote) {
            context.flush();
        }
        if (wasFull && !exchanges.isFull()) {
            decodeUnread();
        }
    }

    /** True when the response has been written as a whole. */
    private boolean writeChunkOf(Exchange head) throws IOException {
        if (writing == null) {
            writing = new ResponseWriter(head.request().context().buildResponseSend(head.response()), context);
        }
        writing.writeChunk();
        if (!writing.isCompleted()) {
            return false;
        }
        writing = null;
        return true;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        // Netty reports from within its own write loop; ours must not run inside it.
        if (ctx.channel().isWritable()) {
            later(() -> {
                if (!closing) {
                    writeAnswers();
                }
            });
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            LOG.debug("Closing connection {}: idle for connections.max.idle.ms", decoder.connectionId());
            close();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("Connection {} failed: {}", decoder.connectionId(), cause.toString());
        } else {
            LOG.warn("Closing connection {} after an unexpected error", decoder.connectionId(), cause);
        }
        close();
    }

    @Override
    public void drop(String reason) {
        later(() -> {
            if (!closing) {
                LOG.warn("Closing connection {}: {}", decoder.connectionId(), reason);
                close();
            }
        });
    }

    private void refuse(String reason) {
        LOG.info("Closing connection {}: {}", decoder.connectionId(), reason);
        closeAfterFlush();
    }

    /** Closes once what has been written before is out. */
    private void closeAfterFlush() {
        forget();
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void close() {
        forget();
        context.close();
    }

    private void forget() {
        closing = true;
        unfinished.holds(this, 0);
        unread.forEach(ByteBuf::release);
        unread.clear();
        exchanges.clear();
        writing = null;
    }

    /** Runs now or soon on the event loop; drops the task when the server is gone. */
    void onLoop(Runnable task) {
        if (context.executor().inEventLoop()) {
            task.run();
        } else {
            later(task);
        }
    }

    private void later(Runnable task) {
        try {
            context.executor().execute(task);
        } catch (RejectedExecutionException serverClosed) {
            LOG.debug("Dropped a task of connection {}: the server is closed", decoder.connectionId());
        }
    }
}
