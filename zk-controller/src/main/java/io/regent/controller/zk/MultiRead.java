package io.regent.controller.zk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.jute.InputArchive;
import org.apache.jute.OutputArchive;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs.OpCode;

/**
 * A read of many znodes in one request.
 *
 * @see <a href="https://issues.apache.org/jira/browse/ZOOKEEPER-1407">ZOOKEEPER-1407</a>, which brought this request
 */
final class MultiRead extends MultiCall {

    private final List<String> paths;
    private final List<Optional<Znode>> znodes;

    /** @param paths as the server knows them, but for the chroot */
    MultiRead(List<String> paths) {
        super(OpCode.multiRead, paths.size());
        this.paths = paths;
        this.znodes = new ArrayList<>(paths.size());
    }

    /** What was read, in the order of the paths; empty where there is no such znode. */
    List<Optional<Znode>> znodes() {
        return znodes;
    }

    @Override
    int typeOf(int operation) {
        return OpCode.getData;
    }

    @Override
    String pathOf(int operation) {
        return paths.get(operation);
    }

    @Override
    void write(int operation, String serverPath, OutputArchive to) throws IOException {
        to.writeBuffer(serverPath.getBytes(StandardCharsets.UTF_8), "path");
        to.writeBool(false, "watch");
    }

    @Override
    boolean isRefused(int operation, int code) {
        znodes.add(Optional.empty());
        return code != Code.NONODE.intValue();
    }

    @Override
    void read(int operation, InputArchive from) throws IOException {
        byte[] data = from.readBuffer("data");
        long czxid = from.readLong("czxid");
        from.readLong("mzxid");
        from.readLong("ctime");
        from.readLong("mtime");
        int version = from.readInt("version");
        from.readInt("cversion");
        from.readInt("aversion");
        long owner = from.readLong("ephemeralOwner");
        from.readInt("dataLength");
        from.readInt("numChildren");
        from.readLong("pzxid");
        znodes.add(Optional.of(new Znode(paths.get(operation), data, version, czxid, owner)));
    }
}
