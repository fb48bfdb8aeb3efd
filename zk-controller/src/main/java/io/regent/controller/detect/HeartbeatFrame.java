package io.regent.controller.detect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * The question that any Kafka broker answers whoever asks, ApiVersions in its oldest version, and the hearing of answers.
 * What they say is of no interest.
 */
final class HeartbeatFrame {

    /** What a broker's logs and quotas know the asker by. */
    private static final String CLIENT_ID = "regent-heartbeat";

    private static final int LENGTH_BYTES = 4;

    /** A list of some sixty requests takes 400 bytes. */
    private static final int MAX_ANSWER_BYTES = 65_536;

    private static final byte[] QUESTION = question();

    private HeartbeatFrame() {}

    private static byte[] question() {
        short oldest = ApiKeys.API_VERSIONS.oldestVersion();
        // As one question is on its way at most, answers need not be told apart.
        RequestHeader header = new RequestHeader(ApiKeys.API_VERSIONS, oldest, CLIENT_ID, 0);
        ByteBuffer request = new ApiVersionsRequest.Builder().build(oldest).serializeWithHeader(header);
        ByteBuffer framed = ByteBuffer.allocate(LENGTH_BYTES + request.remaining());
        framed.putInt(request.remaining()).put(request);
        return framed.array();
    }

    static ByteBuf ask() {
        return Unpooled.wrappedBuffer(QUESTION);
    }

    /** Has {@code onAnswer} run for every whole answer that comes in. */
    static void hear(ChannelPipeline pipeline, Runnable onAnswer) {
        pipeline.addLast(new LengthFieldBasedFrameDecoder(MAX_ANSWER_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES))
                .addLast(new SimpleChannelInboundHandler<ByteBuf>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf answer) {
                        onAnswer.run();
                    }

                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        var unused = ctx.close();
                    }
                });
    }
}
