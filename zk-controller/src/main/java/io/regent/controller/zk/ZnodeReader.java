package io.regent.controller.zk;

import io.regent.controller.ReadZnode;
import io.regent.metadata.ZnodeCopy;
import io.regent.metadata.znode.BadZnodeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Reads znodes and what they say. One that cannot be read is reported, and says nothing; the others are none the worse
 * for it. Session's thread only.
 */
final class ZnodeReader {

    private final BadZnodes badZnodes;

    ZnodeReader(BadZnodes badZnodes) {
        this.badZnodes = badZnodes;
    }

    /** Makes sense of a znode. */
    @FunctionalInterface
    interface Decoder<T> {
        T decode(Znode znode) throws BadZnodeException;
    }

    /** What a znode says, and the znode as it was read. */
    record Found<T>(T content, ReadZnode znode) {}

    /** What a znode says; empty when it is not there or nobody can read it. */
    <T> Optional<Found<T>> decode(String path, Optional<Znode> znode, Decoder<T> decoder) {
        Optional<Found<T>> found = Optional.empty();
        if (znode.isPresent()) {
            try {
                T content = decoder.decode(znode.get());
                found = Optional.of(new Found<>(
                        content,
                        new ReadZnode(path, znode.get().czxid(), znode.get().version())));
            } catch (BadZnodeException e) {
                badZnodes.report(e);
                return found;
            }
        }
        badZnodes.mended(path);
        return found;
    }

    /** One znode; empty when it is not there or nobody can read it. */
    <T> CompletableFuture<Optional<Found<T>>> read(ZkHandle handle, String path, Decoder<T> decoder) {
        return handle.read(path).thenApply(znode -> decode(path, znode, decoder));
    }

    /** One znode, also when nobody can read it. */
    <T> CompletableFuture<ZnodeCopy<T>> readCopy(ZkHandle handle, String path, Decoder<T> decoder) {
        return handle.read(path)
                .thenApply(znode -> new ZnodeCopy<>(
                        decode(path, znode, decoder).map(Found::content),
                        znode.map(Znode::version).orElse(ZnodeCopy.ABSENT)));
    }

    /** All children of a parent that can be read, in the order of their names, which is that of a sequence. */
    <T> CompletableFuture<List<Found<T>>> readChildren(ZkHandle handle, String parent, Decoder<T> decoder) {
        return handle.children(parent)
                .thenApply(names ->
                        names.stream().sorted().map(name -> parent + "/" + name).toList())
                .thenCompose(paths -> {
                    badZnodes.present(parent, paths);
                    return readAll(handle, paths, decoder);
                });
    }

    /** Those of these znodes that are there and can be read, in order. */
    <T> CompletableFuture<List<Found<T>>> readAll(ZkHandle handle, List<String> paths, Decoder<T> decoder) {
        return Calls.readAll(handle, paths, 1).thenApply(read -> {
            List<Found<T>> all = new ArrayList<>();
            for (int i = 0; i < paths.size(); i++) {
                decode(paths.get(i), read.get(i), decoder).ifPresent(all::add);
            }
            return all;
        });
    }
}
