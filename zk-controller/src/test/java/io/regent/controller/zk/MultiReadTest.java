package io.regent.controller.zk;

import static io.regent.controller.zk.MultiCallBytes.answer;
import static io.regent.controller.zk.MultiCallBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

/** Holds what is written and read against ZooKeeper's own classes. */
class MultiReadTest {

    private static final List<String> PATHS = List.of("/a", "/b/ü", "/c");
    private final MultiRead read = new MultiRead(PATHS);

    private static OpResult data(String text, int version, long czxid, long owner) {
        byte[] data = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        return new OpResult.GetDataResult(data, new Stat(czxid, 2, 3, 4, version, 6, 7, owner, 8, 9, 10));
    }

    @Test
    void theRequestIsThatOfZooKeepersOwnClient() throws IOException {
        assertThat(bytes(read.request("")))
                .isEqualTo(bytes(
                        new MultiOperationRecord(PATHS.stream().map(Op::getData).toList())));
    }

    @Test
    void theServerIsAskedForPathsUnderItsChroot() throws IOException {
        List<Op> below = PATHS.stream().map(path -> Op.getData("/kafka" + path)).toList();
        assertThat(bytes(read.request("/kafka"))).isEqualTo(bytes(new MultiOperationRecord(below)));
    }

    @Test
    void znodesAreReadInTheOrderOfTheirPathsAndThoseThatAreNotThereAreEmpty() throws IOException {
        answer(read, data("one", 5, 77, 0), new OpResult.ErrorResult(Code.NONODE.intValue()), data(null, 0, 78, 99));

        assertThat(read.error()).isEqualTo(Code.OK);
        assertThat(read.znodes()).hasSize(3);
        Znode first = read.znodes().get(0).orElseThrow();
        assertThat(first.path()).isEqualTo("/a");
        assertThat(first.data()).asString().isEqualTo("one");
        assertThat(first.version()).isEqualTo(5);
        assertThat(first.czxid()).isEqualTo(77);
        assertThat(first.owner()).isZero();
        assertThat(read.znodes().get(1)).isEqualTo(Optional.empty());
        assertThat(read.znodes().get(2)).isEqualTo(Optional.of(new Znode("/c", null, 0, 78, 99)));
    }

    @Test
    void aZnodeThatMayNotBeReadIsNamedWithTheReason() throws IOException {
        answer(
                read,
                data("one", 0, 1, 0),
                new OpResult.ErrorResult(Code.NOAUTH.intValue()),
                new OpResult.ErrorResult(Code.NONODE.intValue()));

        assertThat(read.error()).isEqualTo(Code.NOAUTH);
        assertThat(read.failedPath()).isEqualTo("/b/ü");
    }

    @Test
    void anAnswerThatFitsNoReadIsRefused() {
        assertThatThrownBy(() -> answer(read, data("one", 0, 1, 0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 results of 3 operations");
        assertThat(read.error()).isEqualTo(Code.MARSHALLINGERROR);
        assertThatThrownBy(() -> answer(new MultiRead(PATHS), new OpResult.CheckResult()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a result of type");
    }
}
