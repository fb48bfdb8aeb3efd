package io.regent.controller.sim;

import io.regent.controller.zk.ZkFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooDefs.OpCode;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.proto.CheckVersionRequest;
import org.apache.zookeeper.proto.CreateRequest;
import org.apache.zookeeper.proto.DeleteRequest;
import org.apache.zookeeper.proto.SetDataRequest;

/** The znodes of one simulated ZooKeeper server, with the versions and ids that ZooKeeper gives them. */
final class SimTree {

    private static final String ROOT = "/";

    private final SortedMap<String, Node> nodes = new TreeMap<>();

    /**
     * A znode. Immutable.
     *
     * @param created how many children were ever created under it, which numbers the sequential ones
     */
    // The bytes are compared by nobody.
    @SuppressWarnings("ArrayRecordComponent")
    record Node(byte[] data, int version, int created, long czxid, long mzxid, long owner) {

        Node withData(byte[] newData, long zxid) {
            return new Node(newData, version + 1, created, czxid, zxid, owner);
        }

        Node withChild() {
            return new Node(data, version, created + 1, czxid, mzxid, owner);
        }

        Stat stat() {
            Stat stat = new Stat();
            stat.setCzxid(czxid);
            stat.setMzxid(mzxid);
            stat.setVersion(version);
            stat.setEphemeralOwner(owner);
            stat.setDataLength(data == null ? 0 : data.length);
            return stat;
        }
    }

    /** What became of one znode; null stands for a znode that is not there. */
    record Change(String path, Node before, Node after) {

        boolean isCreation() {
            return before == null;
        }

        boolean isDeletion() {
            return after == null;
        }

        /** Not so when only the children have changed. */
        boolean isOfData() {
            return before != null && after != null && before.version() != after.version();
        }
    }

    SimTree() {
        nodes.put(ROOT, new Node(null, 0, 0, 0, 0, 0));
    }

    Optional<Node> get(String path) {
        return Optional.ofNullable(nodes.get(path));
    }

    List<String> children(String parent) {
        List<String> names = new ArrayList<>();
        String prefix = parent.equals(ROOT) ? ROOT : parent + "/";
        for (String path : nodes.tailMap(prefix).keySet()) {
            if (!path.startsWith(prefix)) {
                break;
            }
            if (path.length() > prefix.length() && path.indexOf('/', prefix.length()) < 0) {
                names.add(path.substring(prefix.length()));
            }
        }
        return names;
    }

    List<String> ownedBy(long session) {
        return nodes.entrySet().stream()
                .filter(entry -> entry.getValue().owner() == session)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Takes over what another server's tree went through. */
    void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change.isDeletion()) {
                nodes.remove(change.path());
            } else {
                nodes.put(change.path(), change.after());
            }
        }
    }

    /** Does all of these operations, or none. */
    Multi multi(List<Op> ops, long session, long zxid) {
        Multi multi = new Multi(session, zxid);
        for (int i = 0; i < ops.size(); i++) {
            Code code = multi.take(ops.get(i));
            if (code != Code.OK) {
                multi.undo();
                throw new ZkFailure(code, ops.get(i).getPath());
            }
        }
        return multi;
    }

    /** One multi, and what it has done so far. */
    final class Multi {
        private final long session;
        private final long zxid;
        private final List<OpResult> results = new ArrayList<>();
        private final List<Change> changes = new ArrayList<>();
        private final Map<String, Node> before = new LinkedHashMap<>();

        private Multi(long session, long zxid) {
            this.session = session;
            this.zxid = zxid;
        }

        List<OpResult> results() {
            return results;
        }

        List<Change> changes() {
            return changes;
        }

        private Code take(Op op) {
            return switch (op.getType()) {
                case OpCode.check -> check((CheckVersionRequest) op.toRequestRecord());
                case OpCode.create -> create((CreateRequest) op.toRequestRecord());
                case OpCode.setData -> set((SetDataRequest) op.toRequestRecord());
                case OpCode.delete -> delete((DeleteRequest) op.toRequestRecord());
                default -> throw new IllegalArgumentException("not simulated: " + op);
            };
        }

        private Code check(CheckVersionRequest asked) {
            Code code = versionOf(asked.getPath(), asked.getVersion());
            results.add(new OpResult.CheckResult());
            return code;
        }

        private Code versionOf(String path, int expected) {
            Node node = nodes.get(path);
            if (node == null) {
                return Code.NONODE;
            }
            return expected >= 0 && expected != node.version() ? Code.BADVERSION : Code.OK;
        }

        private Code create(CreateRequest asked) {
            CreateMode mode = CreateMode.fromFlag(asked.getFlags(), CreateMode.PERSISTENT);
            String parentPath = parent(asked.getPath());
            Node parent = nodes.get(parentPath);
            if (parent == null) {
                return Code.NONODE;
            }
            if (parent.owner() != 0) {
                return Code.NOCHILDRENFOREPHEMERALS;
            }
            String path =
                    mode.isSequential() ? asked.getPath() + String.format("%010d", parent.created()) : asked.getPath();
            if (nodes.containsKey(path)) {
                return Code.NODEEXISTS;
            }
            put(path, new Node(asked.getData(), 0, 0, zxid, zxid, mode.isEphemeral() ? session : 0));
            put(parentPath, parent.withChild());
            results.add(new OpResult.CreateResult(path));
            return Code.OK;
        }

        private Code set(SetDataRequest asked) {
            Code code = versionOf(asked.getPath(), asked.getVersion());
            if (code == Code.OK) {
                Node node = nodes.get(asked.getPath()).withData(asked.getData(), zxid);
                put(asked.getPath(), node);
                results.add(new OpResult.SetDataResult(node.stat()));
            }
            return code;
        }

        private Code delete(DeleteRequest asked) {
            Code code = versionOf(asked.getPath(), asked.getVersion());
            if (code == Code.OK && !children(asked.getPath()).isEmpty()) {
                return Code.NOTEMPTY;
            }
            if (code == Code.OK) {
                remove(asked.getPath());
                results.add(new OpResult.DeleteResult());
            }
            return code;
        }

        private void put(String path, Node node) {
            Node was = nodes.put(path, node);
            remember(path, was);
            changes.add(new Change(path, was, node));
        }

        private void remove(String path) {
            Node was = nodes.remove(path);
            remember(path, was);
            changes.add(new Change(path, was, null));
        }

        private void remember(String path, Node was) {
            if (!before.containsKey(path)) {
                before.put(path, was);
            }
        }

        private void undo() {
            before.forEach((path, node) -> {
                if (node == null) {
                    nodes.remove(path);
                } else {
                    nodes.put(path, node);
                }
            });
        }
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash == 0 ? ROOT : path.substring(0, slash);
    }
}
