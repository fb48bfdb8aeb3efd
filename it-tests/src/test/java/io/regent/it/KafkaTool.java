package io.regent.it;

import io.regent.it.PeerProcess.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Apache Kafka's own command-line tools, unchanged, each run in a process of its own. */
enum KafkaTool {
    TOPICS("org.apache.kafka.tools.TopicCommand"),
    GROUPS("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"),
    ELECTION("org.apache.kafka.tools.LeaderElectionCommand"),
    REASSIGN("org.apache.kafka.tools.reassign.ReassignPartitionsCommand"),
    CONFIGS("kafka.admin.ConfigCommand"),
    API_VERSIONS("kafka.admin.BrokerApiVersionsCommand");

    private final String mainClass;

    KafkaTool(String mainClass) {
        this.mainClass = mainClass;
    }

    String mainClass() {
        return mainClass;
    }

    Result run(ItCluster cluster, String... arguments) throws IOException, InterruptedException {
        return PeerProcess.java(
                "kafka-3.9", mainClass, joined(List.of("--bootstrap-server", cluster.bootstrap()), arguments));
    }

    /** Runs a tool that has to succeed, and gives what it prints. */
    String on(ItCluster cluster, String... arguments) throws IOException, InterruptedException {
        return run(cluster, arguments).succeeded();
    }

    /** As {@link #on}, for the tool that carries out plans. */
    static String reassign(ItCluster cluster, String action, Path plan, String... options)
            throws IOException, InterruptedException {
        return REASSIGN.on(cluster, joined(List.of(action, "--reassignment-json-file", plan.toString()), options));
    }

    /**
     * Writes a plan for partition 0 of a topic.
     *
     * @param target in JSON, as in {@code "replicas":[1,2]}
     */
    static Path plan(Path file, String topic, String target) throws IOException {
        return Files.writeString(
                file,
                "{\"version\":1,\"partitions\":[{\"topic\":\"%s\",\"partition\":0,%s}]}".formatted(topic, target));
    }

    static String[] joined(List<String> some, String... more) {
        return Stream.concat(some.stream(), Stream.of(more)).toArray(String[]::new);
    }
}
