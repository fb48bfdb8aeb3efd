package io.regent.controller.zk;

import io.regent.controller.Write;
import io.regent.metadata.znode.ControllerEpochZnode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.MultiResponse;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.data.Stat;

/**
 * Writes a commit as ZooKeeper's client would send it, and reads an answer as it would receive it, to nobody: so that a
 * rehearsal has that code compiled as well. Stateless; any thread.
 */
public final class RehearsedCommit {

    private static final String TAG = "commit";

    private RehearsedCommit() {}

    /** What needs looking up is left out. */
    public static void write(List<Write> writes) {
        if (writes.isEmpty() || WriteExpansion.isNeeded(writes)) {
            return;
        }
        List<Op> ops = new ArrayList<>(writes.size() + 1);
        ops.add(Op.check(ControllerEpochZnode.PATH, 0));
        ops.addAll(WriteExpansion.direct(writes));
        MultiResponse answer = new MultiResponse();
        ops.forEach(op -> answer.add(result(op)));
        try {
            MultiWrite commit = new MultiWrite(ops);
            write(commit.request(""));
            byte[] bytes = write(answer);
            commit.answer().deserialize(BinaryInputArchive.getArchive(new ByteArrayInputStream(bytes)), TAG);
        } catch (IOException e) {
            throw new UncheckedIOException("memory can be written and read", e);
        }
    }

    private static OpResult result(Op op) {
        return switch (op.getType()) {
            case OpCode.check -> new OpResult.CheckResult();
            case OpCode.create -> new OpResult.CreateResult(op.getPath());
            case OpCode.delete -> new OpResult.DeleteResult();
            default -> new OpResult.SetDataResult(new Stat());
        };
    }

    private static byte[] write(Record written) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        written.serialize(BinaryOutputArchive.getArchive(bytes), TAG);
        return bytes.toByteArray();
    }
}
