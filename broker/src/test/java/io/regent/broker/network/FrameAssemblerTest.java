package io.regent.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Random;
import org.apache.kafka.common.network.InvalidReceiveException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameAssemblerTest {
    private static final int MAX_BYTES = 100 * 1024 * 1024;

    private final FrameAssembler assembler = new FrameAssembler(MAX_BYTES);

    @Test
    void aFrameIsTheSameHoweverItsBytesArrive() {
        byte[] payload = new byte[100_000];
        new Random(7).nextBytes(payload);
        ByteBuf stream = Unpooled.buffer().writeInt(payload.length).writeBytes(payload);
        Random pieces = new Random(11);
        ByteBuffer frame = null;
        while (stream.isReadable()) {
            assertThat(frame).isNull();
            int length = Math.min(stream.readableBytes(), 1 + pieces.nextInt(3000));
            frame = assembler.next(stream.readSlice(length));
        }
        assertThat(frame).isEqualTo(ByteBuffer.wrap(payload));
    }

    @Test
    void twoFramesInOneReadComeOutOneByOne() {
        ByteBuf stream = Unpooled.buffer().writeInt(1).writeByte(5).writeInt(2).writeShort(9);
        assertThat(assembler.next(stream)).isEqualTo(ByteBuffer.wrap(new byte[] {5}));
        assertThat(assembler.next(stream)).isEqualTo(ByteBuffer.wrap(new byte[] {0, 9}));
        assertThat(assembler.next(stream)).isNull();
    }

    @Test
    void aClaimedSizeAllocatesNothingUntilItsBytesArrive() {
        assertThat(assembler.next(Unpooled.buffer().writeInt(MAX_BYTES))).isNull();
        assertThat(assembler.bufferedBytes()).isZero();
        int arrived = 0;
        for (int i = 0; i < 500; i++) {
            assembler.next(Unpooled.wrappedBuffer(new byte[1000]));
            arrived += 1000;
            assertThat(assembler.bufferedBytes()).isBetween(arrived, 2 * arrived);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, MAX_BYTES + 1})
    void anImpossibleSizeIsRefusedByName(int size) {
        assertThatThrownBy(() -> assembler.next(Unpooled.buffer().writeInt(size)))
                .isInstanceOf(InvalidReceiveException.class)
                .hasMessageContaining(String.valueOf(size));
    }
}
