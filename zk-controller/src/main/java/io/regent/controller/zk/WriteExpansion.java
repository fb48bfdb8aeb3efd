package io.regent.controller.zk;

import io.regent.controller.Write;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooDefs.Ids;

/**
 * Turns writes into the operations of multis, looking up what a {@link Write.Ensure}, {@link Write.Put},
 * {@link Write.Consume} or {@link Write.DeleteTree} leaves open. Session's thread only.
 */
final class WriteExpansion {

    private final ZkHandle handle;
    private final int maxInFlight;

    WriteExpansion(ZkHandle handle, int maxInFlight) {
        this.handle = handle;
        this.maxInFlight = maxInFlight;
    }

    /** Whether anything must be looked up before these can be written. */
    static boolean isNeeded(List<Write> writes) {
        return writes.stream()
                .anyMatch(write -> write instanceof Write.Ensure
                        || write instanceof Write.Put
                        || write instanceof Write.Consume
                        || write instanceof Write.DeleteTree);
    }

    /** The operations of writes that need no looking up. */
    static List<Op> direct(List<Write> writes) {
        return writes.stream().map(write -> op(write, Map.of())).toList();
    }

    /** The operations of these writes, divided into multis at each tree that is deleted. */
    CompletableFuture<List<List<Op>>> expand(List<Write> writes) {
        List<String> open = writes.stream()
                .filter(write ->
                        write instanceof Write.Ensure || write instanceof Write.Put || write instanceof Write.Consume)
                .map(Write::path)
                .distinct()
                .toList();
        return existing(open).thenCompose(found -> multis(writes, found));
    }

    private CompletableFuture<Map<String, Znode>> existing(List<String> paths) {
        return Calls.readAll(handle, paths, maxInFlight).thenApply(read -> {
            Map<String, Znode> existing = new HashMap<>();
            read.forEach(znode -> znode.ifPresent(found -> existing.put(found.path(), found)));
            return existing;
        });
    }

    private CompletableFuture<List<List<Op>>> multis(List<Write> writes, Map<String, Znode> existing) {
        List<String> trees = writes.stream()
                .filter(Write.DeleteTree.class::isInstance)
                .map(Write::path)
                .toList();
        return Calls.pipeline(trees, 1, this::subtree).thenApply(subtrees -> {
            List<List<Op>> multis = new ArrayList<>();
            List<Op> multi = new ArrayList<>();
            Set<String> exists = new HashSet<>(existing.keySet());
            int tree = 0;
            for (Write write : writes) {
                if (write instanceof Write.DeleteTree) {
                    flush(multi, multis);
                    deletes(subtrees.get(tree++), multis);
                } else if (isNeeded(write, exists, existing)) {
                    multi.add(op(write, existing));
                }
            }
            flush(multi, multis);
            // A commit that turns out to change nothing still has to be refused when the reign is over.
            return multis.isEmpty() ? List.of(List.of()) : multis;
        });
    }

    /** Whether anything is left to do for a write; what is ensured once is there for the rest. */
    private static boolean isNeeded(Write write, Set<String> exists, Map<String, Znode> existing) {
        return switch (write) {
            case Write.Ensure ensure -> exists.add(ensure.path());
            case Write.Consume consume -> {
                Znode found = existing.get(consume.path());
                yield found != null
                        && found.czxid() == consume.znode().czxid()
                        && found.version() == consume.znode().version();
            }
            default -> true;
        };
    }

    private static void flush(List<Op> multi, List<List<Op>> multis) {
        if (!multi.isEmpty()) {
            multis.add(List.copyOf(multi));
            multi.clear();
        }
    }

    private static void deletes(List<String> paths, List<List<Op>> multis) {
        Calls.batches(paths)
                .forEach(batch -> multis.add(
                        batch.stream().map(path -> Op.delete(path, -1)).toList()));
    }

    /** The znode and all below it, children before their parents; empty when it does not exist. */
    private CompletableFuture<List<String>> subtree(String root) {
        return handle.read(root)
                .thenCompose(found -> found.isEmpty()
                        ? CompletableFuture.completedFuture(List.of())
                        : descend(new ArrayList<>(List.of(root)), List.of(root)));
    }

    private CompletableFuture<List<String>> descend(List<String> found, List<String> level) {
        return Calls.pipeline(
                        level,
                        maxInFlight,
                        parent -> handle.children(parent)
                                .thenApply(names -> names.stream()
                                        .map(name -> parent + "/" + name)
                                        .toList()))
                .thenCompose(children -> {
                    List<String> next = children.stream().flatMap(List::stream).toList();
                    found.addAll(next);
                    if (next.isEmpty()) {
                        Collections.reverse(found);
                        return CompletableFuture.completedFuture(found);
                    }
                    return descend(found, next);
                });
    }

    private static Op op(Write write, Map<String, Znode> existing) {
        return switch (write) {
            case Write.Create create -> create(create.path(), create.data());
            case Write.Ensure ensure -> create(ensure.path(), null);
            case Write.Set set -> Op.setData(set.path(), set.data(), set.expectedVersion());
            case Write.Put put ->
                existing.containsKey(put.path())
                        ? Op.setData(put.path(), put.data(), -1)
                        : create(put.path(), put.data());
            case Write.Consume consume ->
                Op.delete(consume.path(), consume.znode().version());
            case Write.Delete delete -> Op.delete(delete.path(), delete.expectedVersion());
            case Write.DeleteTree tree -> throw new IllegalArgumentException(tree + " is no single operation");
        };
    }

    private static Op create(String path, byte[] data) {
        return Op.create(path, data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }
}
