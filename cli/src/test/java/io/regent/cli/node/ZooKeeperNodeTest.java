package io.regent.cli.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.regent.cli.CommandFailure;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperNodeTest {
    @TempDir
    private Path directory;

    @Test
    void aKeyThatShouldBeANumberIsNamed() {
        Properties properties = properties();
        properties.setProperty("clientPort", "many");
        assertFails(properties, "clientPort is not a number: many");
    }

    @Test
    void aMissingPortOrDataDirectoryIsNamed() {
        Properties withoutPort = properties();
        withoutPort.remove("clientPort");
        assertFails(withoutPort, "clientPort");
        Properties withoutData = properties();
        withoutData.remove("dataDir");
        assertFails(withoutData, "dataDir");
    }

    @Test
    void nobodyServesOnAPortWithoutAServer() throws Exception {
        assertThat(ZooKeeperProbe.serves(Ports.free(1).get(0), 200)).isFalse();
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("clientPort", "1");
        properties.setProperty("dataDir", directory.toString());
        return properties;
    }

    private static void assertFails(Properties properties, String reason) {
        ZooKeeperNode node = new ZooKeeperNode(properties, line -> {
            throw new AssertionError("it must not serve");
        });
        assertThatThrownBy(node::run).isInstanceOf(CommandFailure.class).hasMessageContaining(reason);
    }
}
