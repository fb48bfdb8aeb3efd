package io.regent.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark of controllers as its users run it, on a cluster so small that only its own working is tested. */
@Timeout(ItCluster.TEST_LIMIT_S)
class ControllerBenchIT {

    private static final Pattern NOT_MEASURED = Pattern.compile("\"(\\w+(Told|Ruler|Leaders)|keepUp\\w+)Ms\" : \\[ ]");

    @Test
    void everythingIsMeasuredAndWhatBrokersWereToldIsWhatZooKeeperHolds(@TempDir Path directory) throws Exception {
        Path json = directory.resolve("figures.json");
        String report = PeerProcess.regent(
                "compare",
                "controller",
                "--only=regent",
                "--partitions=200",
                "--partitions-per-topic=40",
                "--created=50",
                "--standby=0",
                "--keep-up",
                "--dir=" + directory.resolve("files"),
                "--json=" + json);
        assertThat(report).contains("Takeover by a standby", "ZooKeeper alone").doesNotContain("not understood");
        // 200 + 50 + 3 partitions, each told to the four brokers that are left, and who leads to what is left of its
        // replicas.
        assertThat(report).containsPattern("Regent: all 1[67]\\d\\d statements to brokers are what ZooKeeper holds");
        assertThat(report).contains("A standby beside another such death: warm again", "Takeover a second after such");
        assertThat(Files.readString(json)).contains("\"standbyToldMs\"").doesNotContainPattern(NOT_MEASURED);
        assertThat(directory.resolve("files")).doesNotExist();
    }
}
