package io.regent.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.network.ByteBufferSend;
import org.apache.kafka.common.network.Send;
import org.apache.kafka.common.record.FileRecords;
import org.apache.kafka.common.record.MemoryRecords;
import org.apache.kafka.common.record.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResponseWriterTest {
    @TempDir
    Path directory;

    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ChannelHandlerContext context = channel.pipeline().lastContext();

    private List<Object> written() {
        channel.flush();
        List<Object> messages = new ArrayList<>();
        for (Object message = channel.readOutbound(); message != null; message = channel.readOutbound()) {
            messages.add(message);
        }
        return messages;
    }

    @Test
    void aChunkOfMemoryIsBoundedHoweverLargeTheResponse() throws IOException {
        byte[] bytes = new byte[3 * ResponseWriter.CHUNK_BYTES + 17];
        ResponseWriter writer = new ResponseWriter(new ByteBufferSend(ByteBuffer.wrap(bytes)), context);
        int total = 0;
        while (!writer.isCompleted()) {
            writer.writeChunk();
            for (Object message : written()) {
                ByteBuf buffer = (ByteBuf) message;
                assertThat(buffer.readableBytes()).isLessThanOrEqualTo(ResponseWriter.CHUNK_BYTES);
                total += buffer.readableBytes();
                buffer.release();
            }
        }
        assertThat(total).isEqualTo(bytes.length);
    }

    @Test
    void recordsInAFileAreHandedToTheKernelAndTheFileOutlivesThem() throws IOException {
        try (FileRecords file = FileRecords.open(directory.resolve("log").toFile())) {
            file.append(MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[1_000_000])));
            Send send = file.toSend();
            ResponseWriter writer = new ResponseWriter(send, context);
            List<Object> messages = new ArrayList<>();
            while (!writer.isCompleted()) {
                writer.writeChunk();
                messages.addAll(written());
            }
            assertThat(messages).singleElement().isInstanceOf(DefaultFileRegion.class);
            DefaultFileRegion region = (DefaultFileRegion) messages.get(0);
            assertThat(region.count()).isEqualTo(file.sizeInBytes());
            assertThat(OutboundSize.ESTIMATOR.size(region)).isEqualTo(file.sizeInBytes());
            assertThat(ReferenceCountUtil.release(region)).isTrue();
            assertThat(file.channel().isOpen()).isTrue();
        }
    }
}
