package io.regent.controller.zk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.jute.InputArchive;
import org.apache.jute.OutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs.OpCode;

/**
 * A read of many znodes in one request, from paths to bytes and from bytes to znodes. ZooKeeper's own makes a dozen objects a
 * znode and checks each path twice, which a node that has just started does for two hundred thousand znodes with code that
 * hardly any compiler has seen. Written by one thread, then read by another.
 *
 * @see <a href="https://issues.apache.org/jira/browse/ZOOKEEPER-1407">ZOOKEEPER-1407</a>, which brought this request
 */
final class MultiRead {

    /** The header of an operation that has no error, and that of the end of all. */
    private static final int NONE = -1;

    private final List<String> paths;
    private final Request request;
    private final Answer answer;

    /** @param paths as the server knows them, but for the chroot */
    MultiRead(List<String> paths) {
        this.paths = paths;
        this.request = new Request();
        this.answer = new Answer();
    }

    /** @param chroot what the server has before each path; empty for nothing */
    Record request(String chroot) {
        request.chroot = chroot;
        return request;
    }

    /** What the server's answer is read into. */
    Record answer() {
        return answer;
    }

    /** What was read, in the order of the paths; empty where there is no such znode. */
    List<Optional<Znode>> znodes() {
        return answer.znodes;
    }

    /**
     * Why one could not be read; {@link Code#OK} when all could, and {@link Code#MARSHALLINGERROR} when the answer made no
     * sense, of which ZooKeeper's client says nothing but that it lost the connection.
     */
    Code error() {
        return answer.isWhole ? Code.get(answer.error) : Code.MARSHALLINGERROR;
    }

    /** The path of the one that could not be read. */
    String failedPath() {
        return paths.get(Math.min(answer.failed, paths.size() - 1));
    }

    private static void writeHeader(OutputArchive to, int operation, boolean isEnd) throws IOException {
        to.writeInt(operation, "type");
        to.writeBool(isEnd, "done");
        to.writeInt(NONE, "err");
    }

    private final class Request implements Record {
        private String chroot = "";

        @Override
        public void serialize(OutputArchive to, String tag) throws IOException {
            for (String path : paths) {
                writeHeader(to, OpCode.getData, false);
                to.writeBuffer((chroot + path).getBytes(StandardCharsets.UTF_8), "path");
                to.writeBool(false, "watch");
            }
            writeHeader(to, NONE, true);
        }

        @Override
        public void deserialize(InputArchive from, String tag) {
            throw new UnsupportedOperationException("a client does not read requests");
        }
    }

    private final class Answer implements Record {
        private final List<Optional<Znode>> znodes = new ArrayList<>(paths.size());
        private int error = Code.OK.intValue();
        private int failed;
        private boolean isWhole;

        @Override
        public void deserialize(InputArchive from, String tag) throws IOException {
            while (next(from)) {}
            if (error == Code.OK.intValue() && znodes.size() != paths.size()) {
                throw new IOException(znodes.size() + " answers to " + paths.size() + " reads");
            }
            isWhole = true;
        }

        /** Reads one result; false at the end of them. */
        private boolean next(InputArchive from) throws IOException {
            int operation = from.readInt("type");
            boolean isEnd = from.readBool("done");
            from.readInt("err");
            if (isEnd) {
                return false;
            }
            if (operation == OpCode.getData && znodes.size() < paths.size()) {
                znodes.add(Optional.of(znode(paths.get(znodes.size()), from)));
            } else if (operation == OpCode.error) {
                refused(from.readInt("err"));
            } else {
                throw new IOException("a result of operation " + operation + " among those of reads");
            }
            return true;
        }

        private void refused(int code) {
            if (code != Code.NONODE.intValue() && error == Code.OK.intValue()) {
                error = code;
                failed = znodes.size();
            }
            znodes.add(Optional.empty());
        }

        private static Znode znode(String path, InputArchive from) throws IOException {
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
            return new Znode(path, data, version, czxid, owner);
        }

        @Override
        public void serialize(OutputArchive to, String tag) {
            throw new UnsupportedOperationException("a client does not write answers");
        }
    }
}
