package io.regent.controller.zk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.jute.BinaryInputArchive;
import org.apache.jute.BinaryOutputArchive;
import org.apache.jute.Record;
import org.apache.zookeeper.MultiResponse;
import org.apache.zookeeper.OpResult;

/** What goes to a server and comes from it, as ZooKeeper's own classes have it. */
final class MultiCallBytes {

    private static final String TAG = "";

    private MultiCallBytes() {}

    static byte[] bytes(Record written) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        written.serialize(BinaryOutputArchive.getArchive(bytes), TAG);
        return bytes.toByteArray();
    }

    /** Has the call read these results, and nothing left. */
    static void answer(MultiCall call, OpResult... results) throws IOException {
        MultiResponse response = new MultiResponse();
        for (OpResult result : results) {
            response.add(result);
        }
        ByteArrayInputStream from = new ByteArrayInputStream(bytes(response));
        call.answer().deserialize(BinaryInputArchive.getArchive(from), TAG);
        assertThat(from.available()).isZero();
    }
}
