package io.regent.cli.node;

import java.util.List;

/** The memory and collector settings that a broker's JVM is started with. */
public final class BrokerJvm {
    /** Those of Kafka's own start scripts. */
    public static final List<String> KAFKAS_OWN = List.of(
            "-Xmx1G",
            "-Xms1G",
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent");

    /** Kafka's limit, but not committed at once: a local cluster has several nodes on one machine, mostly idle. */
    static final List<String> SEVERAL_ON_ONE_MACHINE =
            List.of("-Xms128m", "-Xmx1G", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20");

    private BrokerJvm() {}
}
