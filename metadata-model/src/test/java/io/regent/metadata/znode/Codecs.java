package io.regent.metadata.znode;

import io.regent.metadata.PartitionId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the codec for a path, so that tests can be lists of znodes. */
final class Codecs {

    private static final Pattern STATE = Pattern.compile("/brokers/topics/([^/]+)/partitions/([0-9]+)/state");
    private static final int SOME_VERSION = 7;
    private static final long SOME_CZXID = 77;

    private Codecs() {}

    /** The lines of a test resource without comments. */
    static List<String> lines(String resource) {
        try (InputStream in = Codecs.class.getResourceAsStream("/znodes/" + resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What comes out when what was read is written again. */
    static byte[] rewrite(String path, byte[] data) throws BadZnodeException {
        Matcher state = STATE.matcher(path);
        if (state.matches()) {
            PartitionId partition = new PartitionId(state.group(1), Integer.parseInt(state.group(2)));
            return PartitionStateZnode.encode(PartitionStateZnode.decode(partition, data, SOME_VERSION));
        }
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (path.startsWith(TopicZnode.PARENT)) {
            TopicZnode.Content topic = TopicZnode.decode(name, data);
            return TopicZnode.encode(topic.id(), topic.assignments());
        }
        if (path.startsWith(BrokerZnode.PARENT)) {
            return BrokerZnode.encode(BrokerZnode.decode(BrokerZnode.brokerId(name), data, SOME_CZXID));
        }
        if (path.startsWith(ConfigChangeZnode.PARENT)) {
            return ConfigChangeZnode.encode(ConfigChangeZnode.decode(path, data));
        }
        if (path.startsWith("/config/")) {
            return ConfigZnode.encode(ConfigZnode.decode(path, data));
        }
        if (path.contains("acl_changes_")) {
            return AclChangeZnode.encode(AclChangeZnode.decode(path, data));
        }
        if (path.startsWith("/kafka-acl")) {
            return AclZnode.encode(AclZnode.decode(path, data));
        }
        return rewriteByParent(path, data);
    }

    private static byte[] rewriteByParent(String path, byte[] data) throws BadZnodeException {
        String top = path.indexOf('/', 1) < 0 ? path : path.substring(0, path.indexOf('/', 1));
        return switch (top) {
            case "/controller" -> ControllerZnode.encode(ControllerZnode.decode(data));
            case "/controller_epoch" -> ControllerEpochZnode.encode(ControllerEpochZnode.decode(data));
            case "/cluster" -> ClusterIdZnode.encode(ClusterIdZnode.decode(data));
            case "/feature" -> FeatureZnode.encode(FeatureZnode.decode(data));
            case "/latest_producer_id_block" -> ProducerIdBlockZnode.encode(ProducerIdBlockZnode.decode(data));
            case "/isr_change_notification" -> IsrChangeZnode.encode(IsrChangeZnode.decode(path, data));
            case "/log_dir_event_notification" -> LogDirEventZnode.encode(LogDirEventZnode.decode(path, data));
            case "/delegation_token" -> DelegationTokenZnode.encode(DelegationTokenZnode.decode("tid", data));
            case "/admin" ->
                path.equals(ReassignPartitionsZnode.PATH)
                        ? ReassignPartitionsZnode.encode(ReassignPartitionsZnode.decode(data))
                        : PreferredElectionZnode.encode(PreferredElectionZnode.decode(data));
            default -> throw new IllegalArgumentException("no codec for " + path);
        };
    }
}
