package io.regent.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import io.regent.cli.cluster.NodeName;
import io.regent.cli.node.ProcessTable;
import java.lang.management.ManagementFactory;

/**
 * Tells how much processor time the controller, ZooKeeper and this harness have used.
 *
 * <p>One thread.
 */
final class CpuMeter {
    private static final long NANOS_PER_MS = 1_000_000;

    private final Nodes nodes;
    private final OperatingSystemMXBean self = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Processor time in milliseconds. */
    record Used(long controllerMs, long zooKeeperMs, long harnessMs) {
        Used since(Used before) {
            return new Used(
                    controllerMs - before.controllerMs, zooKeeperMs - before.zooKeeperMs, harnessMs - before.harnessMs);
        }

        @Override
        public String toString() {
            return "processor time: controller " + controllerMs + " ms, ZooKeeper " + zooKeeperMs + " ms, harness "
                    + harnessMs + " ms";
        }
    }

    CpuMeter(Nodes nodes) {
        this.nodes = nodes;
    }

    /** @param controller the node that rules, or is about to; one that does not run has used nothing */
    Used used(NodeName controller) {
        return new Used(
                nodes.runs(controller) ? ProcessTable.cpuMs(nodes.pidOf(controller)) : 0,
                ProcessTable.cpuMs(nodes.zooKeeperPid()),
                self.getProcessCpuTime() / NANOS_PER_MS);
    }
}
