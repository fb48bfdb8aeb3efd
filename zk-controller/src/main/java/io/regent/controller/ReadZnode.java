package io.regent.controller;

/**
 * A znode as it was when somebody read it. Immutable.
 *
 * @param czxid the transaction that created it
 * @param version its {@code dataVersion} then
 */
public record ReadZnode(String path, long czxid, int version) {}
