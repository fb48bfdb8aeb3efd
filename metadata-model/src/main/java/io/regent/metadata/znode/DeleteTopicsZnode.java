package io.regent.metadata.znode;

/** {@code /admin/delete_topics/TOPIC}: the marker of a topic whose deletion was asked for. It has no data. */
public final class DeleteTopicsZnode {

    /** The parent of all markers. */
    public static final String PARENT = "/admin/delete_topics";

    private DeleteTopicsZnode() {}

    public static String path(String topic) {
        return PARENT + "/" + topic;
    }
}
