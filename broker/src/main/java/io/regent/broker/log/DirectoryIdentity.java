package io.regent.broker.log;

import java.io.File;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.metadata.properties.MetaProperties;
import org.apache.kafka.metadata.properties.MetaPropertiesVersion;
import org.apache.kafka.metadata.properties.PropertiesUtils;

/**
 * Whose a log directory is: reads, checks and writes its meta.properties (version 0, as in ZooKeeper mode). Stateless;
 * any thread may call it. It never overwrites another broker's or another cluster's claim.
 */
final class DirectoryIdentity {
    private static final String FILE_NAME = "meta.properties";

    private DirectoryIdentity() {}

    private static File file(File logDir) {
        return new File(logDir, FILE_NAME);
    }

    /**
     * What the directory says of itself; empty if it is new.
     *
     * @throws KafkaException naming the file, when it cannot be understood
     */
    static Optional<MetaProperties> read(File logDir) throws IOException {
        File file = file(logDir);
        try {
            Properties properties = PropertiesUtils.readPropertiesFile(file.getAbsolutePath());
            return Optional.of(new MetaProperties.Builder(properties).build());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (RuntimeException e) {
            throw new KafkaException("Cannot understand " + file + ": " + e.getMessage(), e);
        }
    }

    /** The broker id that the directory was used with. */
    static OptionalInt brokerId(File logDir) throws IOException {
        return read(logDir).map(MetaProperties::nodeId).orElse(OptionalInt.empty());
    }

    /** @throws KafkaException naming the file, what it says and what was expected */
    static void requireMatch(File logDir, int brokerId, String clusterId) throws IOException {
        Optional<MetaProperties> stored = read(logDir);
        if (stored.isEmpty()) {
            return;
        }
        Optional<String> storedCluster = stored.get().clusterId();
        if (storedCluster.isPresent() && !storedCluster.get().equals(clusterId)) {
            throw new KafkaException("Log directory " + logDir + " belongs to another cluster: " + file(logDir)
                    + " says cluster.id=" + storedCluster.get() + ", but ZooKeeper's /cluster/id is " + clusterId
                    + ". Point log.dirs or zookeeper.connect elsewhere.");
        }
        OptionalInt storedBroker = stored.get().nodeId();
        if (storedBroker.isPresent() && storedBroker.getAsInt() != brokerId) {
            throw new KafkaException("Log directory " + logDir + " belongs to another broker: " + file(logDir)
                    + " says broker.id=" + storedBroker.getAsInt() + ", but this broker is " + brokerId
                    + ". Point log.dirs elsewhere, or correct broker.id.");
        }
    }

    /** Claims the directory; what else the file says stays. */
    static void write(File logDir, int brokerId, String clusterId) throws IOException {
        Optional<MetaProperties> stored = read(logDir);
        MetaProperties wanted = new MetaProperties.Builder(stored)
                .setVersion(stored.map(MetaProperties::version).orElse(MetaPropertiesVersion.V0))
                .setNodeId(brokerId)
                .setClusterId(clusterId)
                .build();
        if (!Optional.of(wanted).equals(stored)) {
            PropertiesUtils.writePropertiesFile(
                    wanted.toProperties(), file(logDir).getAbsolutePath(), true);
        }
    }
}
