package io.regent.controller.zk;

import java.io.IOException;
import org.apache.jute.InputArchive;
import org.apache.jute.OutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooDefs.OpCode;

/**
 * Many operations in one request, to bytes and back. ZooKeeper's own client makes a dozen objects an operation and checks
 * each path twice, which a node that has just begun to rule does for hundred thousands of znodes with code that hardly any
 * compiler has seen. Written by one thread, then read by another.
 */
abstract class MultiCall {

    /** The header of an operation that has no error, and that of the end of all. */
    private static final int NONE = -1;

    private final int type;
    private final int size;
    private final Request request = new Request();
    private final Answer answer = new Answer();

    private String chroot = "";
    private int results;
    private int error = Code.OK.intValue();
    private int failed;
    private boolean isWhole;

    /**
     * @param type of the whole, one of {@link OpCode}
     * @param size how many operations there are
     */
    MultiCall(int type, int size) {
        this.type = type;
        this.size = size;
    }

    /** The type of this operation, which its result has as well. */
    abstract int typeOf(int operation);

    /** The path of this operation, as the server knows it, but for the chroot. */
    abstract String pathOf(int operation);

    /** Writes what follows the operation's header. */
    abstract void write(int operation, String serverPath, OutputArchive to) throws IOException;

    /** Reads what follows the header of a result that is no error. */
    abstract void read(int operation, InputArchive from) throws IOException;

    /** Takes an error in the place of a result; false when it is none to this call. */
    abstract boolean isRefused(int operation, int code);

    final int type() {
        return type;
    }

    /** @param newChroot what the server has before each path; empty for nothing */
    final Record request(String newChroot) {
        chroot = newChroot;
        return request;
    }

    /** What the server's answer is read into. */
    final Record answer() {
        return answer;
    }

    /**
     * Why one was refused; {@link Code#OK} when none was, and {@link Code#MARSHALLINGERROR} when the answer made no sense, of
     * which ZooKeeper's client says nothing but that it lost the connection.
     */
    final Code error() {
        return isWhole ? Code.get(error) : Code.MARSHALLINGERROR;
    }

    /** The path of the first that was refused; of any, when it is not known which. */
    final String failedPath() {
        return pathOf(failed);
    }

    private static void writeHeader(OutputArchive to, int type, boolean isEnd) throws IOException {
        to.writeInt(type, "type");
        to.writeBool(isEnd, "done");
        to.writeInt(NONE, "err");
    }

    private final class Request implements Record {
        @Override
        public void serialize(OutputArchive to, String tag) throws IOException {
            for (int i = 0; i < size; i++) {
                writeHeader(to, typeOf(i), false);
                write(i, chroot.isEmpty() ? pathOf(i) : chroot + pathOf(i), to);
            }
            writeHeader(to, NONE, true);
        }

        @Override
        public void deserialize(InputArchive from, String tag) {
            throw new UnsupportedOperationException("a client does not read requests");
        }
    }

    private final class Answer implements Record {
        @Override
        public void deserialize(InputArchive from, String tag) throws IOException {
            while (next(from)) {
                results++;
            }
            if (results != size) {
                throw new IOException(results + " results of " + size + " operations");
            }
            isWhole = true;
        }

        /** Reads one result; false at the end of them. */
        private boolean next(InputArchive from) throws IOException {
            int found = from.readInt("type");
            boolean isEnd = from.readBool("done");
            from.readInt("err");
            if (isEnd) {
                return false;
            }
            if (results == size) {
                throw new IOException("more results than the " + size + " operations");
            }
            if (found == OpCode.error) {
                int code = from.readInt("err");
                if (isRefused(results, code) && error == Code.OK.intValue()) {
                    error = code;
                    failed = results;
                }
            } else if (found == typeOf(results)) {
                MultiCall.this.read(results, from);
            } else {
                throw new IOException("a result of type " + found + " of an operation of type " + typeOf(results));
            }
            return true;
        }

        @Override
        public void serialize(OutputArchive to, String tag) {
            throw new UnsupportedOperationException("a client does not write answers");
        }
    }
}
