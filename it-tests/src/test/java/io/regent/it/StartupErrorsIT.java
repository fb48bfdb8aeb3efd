package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.regent.cli.node.Ports;
import io.regent.cli.node.RegentLauncher;
import io.regent.it.PeerProcess.Result;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that cannot start says in one line what is wrong, exits with 1, and touches nothing that is not its own. */
class StartupErrorsIT {

    @TempDir
    Path directory;

    @AutoClose
    private TestingServer zooKeeper;

    @BeforeEach
    void startZooKeeper() throws Exception {
        // Its own choice is a port that any outgoing connection may take before it listens there.
        zooKeeper = new TestingServer(Ports.free(1).get(0), true);
    }

    @Test
    void anImpossibleValueIsNamedWithItsKey() throws Exception {
        assertThat(startWith(Map.of("num.io.threads", "many"))).contains("num.io.threads", "many");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(startWith(Map.of("listeners", "PLAINTEXT://127.0.0.1:" + taken.getLocalPort())))
                    .contains(Integer.toString(taken.getLocalPort()));
        }
    }

    @Test
    void aZooKeeperThatIsNotThereIsNamed() throws Exception {
        int port = Ports.free(1).get(0);
        assertThat(startWith(
                        Map.of("zookeeper.connect", "127.0.0.1:" + port, "zookeeper.connection.timeout.ms", "1000")))
                .contains("127.0.0.1:" + port, "zookeeper.connect");
    }

    @Test
    void aLogDirectoryOfAnotherClusterIsLeftAlone() throws Exception {
        String foreign = "version=0\nbroker.id=1\ncluster.id=aaaaaaaaaaaaaaaaaaaaaa\n";
        Path meta = logDirectoryOf(foreign);
        assertThat(startWith(Map.of())).contains("aaaaaaaaaaaaaaaaaaaaaa", "meta.properties");
        assertThat(meta).hasContent(foreign);
    }

    @Test
    void aLogDirectoryOfAnotherBrokerIsLeftAlone() throws Exception {
        String foreign = "version=0\nbroker.id=77\n";
        Path meta = logDirectoryOf(foreign);
        assertThat(startWith(Map.of())).contains("77", "broker.id");
        assertThat(meta).hasContent(foreign);
    }

    @Test
    void aPropertiesFileThatIsMissingIsNamed() throws Exception {
        assertThat(run(directory.resolve("absent.properties"))).contains("absent.properties");
    }

    private Path logDirectoryOf(String meta) throws Exception {
        Path data = Files.createDirectories(directory.resolve("data"));
        return Files.writeString(data.resolve("meta.properties"), meta);
    }

    private String startWith(Map<String, String> settings) throws Exception {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("broker.id", "1");
        properties.put("listeners", "PLAINTEXT://127.0.0.1:" + Ports.free(1).get(0));
        properties.put("zookeeper.connect", zooKeeper.getConnectString());
        properties.put("log.dirs", directory.resolve("data").toString());
        properties.putAll(settings);
        String text = properties.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue() + "\n")
                .collect(Collectors.joining());
        return run(Files.writeString(directory.resolve("server.properties"), text));
    }

    /** What a broker says that has to fail, which is one line. */
    private static String run(Path properties) throws Exception {
        NodeArguments.use();
        Result result = PeerProcess.run(new RegentLauncher().brokerCommand(properties), "");
        assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
        assertThat(result.output()).doesNotContain("\tat ");
        List<String> said = result.output()
                .lines()
                .filter(line -> line.startsWith("regent broker: "))
                .toList();
        assertThat(said).as(result.output()).hasSize(1);
        return said.get(0);
    }
}
