package io.regent.controller.zk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.jute.InputArchive;
import org.apache.jute.OutputArchive;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.proto.CheckVersionRequest;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.SetDataRequest;

/** Checks, creates, sets and deletes of one request, of which the server does all or none. */
final class MultiWrite extends MultiCall {

    private static final String TAG = "op";
    private static final Set<Integer> TYPES = Set.of(OpCode.check, OpCode.create, OpCode.setData, OpCode.delete);

    /** What a set is answered with, in words of eight bytes: the znode's {@code Stat}, but for the last of its integers. */
    private static final int STAT_LONGS = 8;

    private final List<Op> ops;

    /** @throws IllegalArgumentException when there is another operation among them */
    MultiWrite(List<Op> ops) {
        super(OpCode.multi, ops.size());
        for (Op op : ops) {
            if (!TYPES.contains(op.getType())) {
                throw new IllegalArgumentException("operation of type " + op.getType() + " on " + op.getPath());
            }
        }
        this.ops = ops;
    }

    @Override
    int typeOf(int operation) {
        return ops.get(operation).getType();
    }

    @Override
    String pathOf(int operation) {
        return ops.get(operation).getPath();
    }

    @Override
    void write(int operation, String serverPath, OutputArchive to) throws IOException {
        switch (ops.get(operation).toRequestRecord()) {
            case SetDataRequest set -> {
                // What most commits consist of, without a look at each character.
                to.writeBuffer(serverPath.getBytes(StandardCharsets.UTF_8), "path");
                to.writeBuffer(set.getData(), "data");
                to.writeInt(set.getVersion(), "version");
            }
            case CheckVersionRequest check -> {
                check.setPath(serverPath);
                check.serialize(to, TAG);
            }
            case CreateRequest create -> {
                create.setPath(serverPath);
                create.serialize(to, TAG);
            }
            case DeleteRequest delete -> {
                delete.setPath(serverPath);
                delete.serialize(to, TAG);
            }
            default -> throw new IllegalStateException(operation + " is not one of these");
        }
    }

    /** What was rolled back, as another was refused, is told as such. */
    @Override
    boolean isRefused(int operation, int code) {
        return code != Code.OK.intValue();
    }

    /** Nobody asks for more than that it was done. */
    @Override
    void read(int operation, InputArchive from) throws IOException {
        switch (typeOf(operation)) {
            case OpCode.setData -> skipStat(from);
            case OpCode.create -> from.readString("path");
            default -> {}
        }
    }

    private static void skipStat(InputArchive from) throws IOException {
        for (int i = 0; i < STAT_LONGS; i++) {
            from.readLong("stat");
        }
        from.readInt("stat");
    }
}
