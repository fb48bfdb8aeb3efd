package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.regent.it.PeerProcess.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Ordinary clients with default settings, of several makers, against three brokers. */
class ClientsIT {

    private static final int RECORDS = 1_000;

    @AutoClose
    private static ItCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = ItCluster.start(3, Map.of());
    }

    @Test
    void javaClientsOfThe39LineCreateProduceAndConsume() throws Exception {
        probeWith("kafka-3.9", "java39");
    }

    @Test
    void javaClientsOfThe4LineCreateProduceAndConsume() throws Exception {
        probeWith("clients-4", "java4");
    }

    private static void probeWith(String peer, String topic) throws Exception {
        Result result = PeerProcess.java(
                peer, ClientProbe.class.getName(), cluster.bootstrap(), topic, Integer.toString(RECORDS));
        assertThat(result.succeeded()).contains("consumed " + RECORDS + " records");
    }

    @Test
    void kcatProducesToATopicThatIsCreatedByItAndConsumesFromIt() throws Exception {
        assumeTrue(PeerProcess.isInstalled("kcat"), "kcat is not installed");
        String input =
                IntStream.range(0, RECORDS).mapToObj(i -> "value-" + i + "\n").collect(Collectors.joining());

        produceWithKcat(input, "kcat");
        String consumed = kcat("", "-C", "-t", "kcat", "-e", "-q", "-o", "beginning");

        assertThat(consumed.lines())
                .containsExactlyInAnyOrderElementsOf(input.lines().toList());
    }

    @Test
    void kcatConsumesInAGroup() throws Exception {
        assumeTrue(PeerProcess.isInstalled("kcat"), "kcat is not installed");
        produceWithKcat("one\ntwo\nthree\n", "kcat-group");

        String consumed = kcat("", "-G", "kcats", "-X", "auto.offset.reset=earliest", "-c", "3", "-q", "kcat-group");

        assertThat(consumed.lines()).contains("one", "two", "three");
    }

    /** Waits until each broker knows the topic: kcat gives up where the one that it asks does not. */
    private static void produceWithKcat(String input, String topic) throws Exception {
        kcat(input, "-P", "-t", topic);
        cluster.awaitIsr(topic, 3);
    }

    private static String kcat(String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("kcat", "-b", cluster.bootstrap()));
        command.addAll(List.of(arguments));
        return PeerProcess.run(command, input).succeeded();
    }

    @Test
    void kafkajsCreatesProducesAndConsumes() throws Exception {
        assumeTrue(PeerProcess.isInstalled("node") && PeerProcess.isInstalled("npm"), "node is not installed");
        Path modules = Path.of("target", "kafkajs");
        Files.createDirectories(modules);
        Result installed = PeerProcess.run(
                List.of("npm", "install", "--silent", "--prefix", modules.toString(), "kafkajs@2.2.4"), "");
        assumeTrue(installed.exitCode() == 0, "kafkajs cannot be installed: " + installed.output());
        Path script = modules.resolve("probe.js");
        Files.copy(
                Path.of("src", "test", "resources", "kafkajs-probe.js"), script, StandardCopyOption.REPLACE_EXISTING);

        Result result = PeerProcess.run(
                List.of("node", script.toString(), cluster.bootstrap(), "kafkajs", Integer.toString(RECORDS)), "");

        assertThat(result.succeeded()).contains("consumed " + RECORDS + " records");
    }
}
