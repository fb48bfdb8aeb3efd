package io.regent.controller.zk;

import io.regent.metadata.znode.BadZnodeException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which znodes nobody can read: each is logged once, until it is mended or is bad in another way. Any thread. */
final class BadZnodes {

    private static final Logger LOG = LoggerFactory.getLogger(BadZnodes.class);

    /** Beyond this many, new ones are logged but not remembered: somebody has filled ZooKeeper with garbage. */
    private static final int MAX_REMEMBERED = 10_000;

    private final Map<String, String> reasons = new ConcurrentHashMap<>();

    void report(BadZnodeException bad) {
        if (bad.reason().equals(reasons.get(bad.path()))) {
            return;
        }
        if (reasons.size() < MAX_REMEMBERED) {
            reasons.put(bad.path(), bad.reason());
        }
        LOG.error("{}; nothing is decided by it until it is mended", bad.getMessage());
    }

    /** This path was read well, or is gone. */
    void mended(String path) {
        if (reasons.remove(path) != null) {
            LOG.info("znode {} is readable again, or gone", path);
        }
    }

    /** These are all the children of this parent that there are: others that could not be read are gone. */
    void present(String parent, Collection<String> paths) {
        if (!reasons.isEmpty()) {
            Set<String> present = Set.copyOf(paths);
            reasons.keySet().stream()
                    .filter(path -> path.startsWith(parent + "/") && !present.contains(path))
                    .toList()
                    .forEach(this::mended);
        }
    }

    int count() {
        return reasons.size();
    }
}
