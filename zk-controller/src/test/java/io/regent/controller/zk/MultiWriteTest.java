package io.regent.controller.zk;

import static io.regent.controller.zk.MultiCallBytes.answer;
import static io.regent.controller.zk.MultiCallBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.MultiOperationRecord;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.Test;

/** Holds what is written and read against ZooKeeper's own classes. */
class MultiWriteTest {

    private static final List<Op> OPS = ops(path -> path);

    private final MultiWrite write = new MultiWrite(OPS);

    private static List<Op> ops(Function<String, String> at) {
        return List.of(
                Op.check(at.apply("/epoch"), 7),
                Op.setData(at.apply("/b/ü"), "data".getBytes(StandardCharsets.UTF_8), 5),
                Op.create(at.apply("/c"), null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
                Op.create(at.apply("/c/d"), new byte[] {1}, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
                Op.setData(at.apply("/e"), null, -1),
                Op.delete(at.apply("/f"), -1));
    }

    private static OpResult error(Code code) {
        return new OpResult.ErrorResult(code.intValue());
    }

    @Test
    void theRequestIsThatOfZooKeepersOwnClient() throws IOException {
        assertThat(bytes(write.request(""))).isEqualTo(bytes(new MultiOperationRecord(OPS)));
    }

    @Test
    void theServerIsToldOfPathsUnderItsChroot() throws IOException {
        assertThat(bytes(write.request("/kafka")))
                .isEqualTo(bytes(new MultiOperationRecord(ops(path -> "/kafka" + path))));
    }

    @Test
    void whatWasDoneIsReadWhole() throws IOException {
        Stat stat = new Stat(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        answer(
                write,
                new OpResult.CheckResult(),
                new OpResult.SetDataResult(stat),
                new OpResult.CreateResult("/c"),
                new OpResult.CreateResult("/c/d"),
                new OpResult.SetDataResult(stat),
                new OpResult.DeleteResult());
        assertThat(write.error()).isEqualTo(Code.OK);
    }

    @Test
    void theFirstThatWasRefusedIsNamedWithTheReason() throws IOException {
        answer(
                write,
                error(Code.OK),
                error(Code.BADVERSION),
                error(Code.RUNTIMEINCONSISTENCY),
                error(Code.RUNTIMEINCONSISTENCY),
                error(Code.RUNTIMEINCONSISTENCY),
                error(Code.RUNTIMEINCONSISTENCY));
        assertThat(write.error()).isEqualTo(Code.BADVERSION);
        assertThat(write.failedPath()).isEqualTo("/b/ü");
    }

    @Test
    void anAnswerToSomethingElseSaysNothingOfWhatBecameOfIt() {
        assertThatThrownBy(() -> answer(write, new OpResult.CheckResult()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 results of 6 operations");
        assertThat(write.error()).isEqualTo(Code.MARSHALLINGERROR);
        assertThat(new ZkFailure(write.error(), write.failedPath()).fateUnknown())
                .isTrue();
    }

    @Test
    void aResultOfAnotherOperationIsRefused() {
        assertThatThrownBy(() -> answer(write, new OpResult.DeleteResult()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a result of type");
    }
}
