package io.regent.cli.compare;

import io.regent.cli.node.NodeLauncher;

/**
 * One of those compared.
 *
 * @param name as the report calls it
 */
record Contestant(String name, NodeLauncher launcher) {}
