package io.regent.cli.drill;

/**
 * Whom a drill kills, how often, and how long it waits for the cluster.
 *
 * @param rounds how many kills, one after the other
 * @param victim whom
 * @param pauseMs how long a healthy cluster is left alone before each kill: a broker that has just started is still being
 *     compiled
 * @param patienceMs the longest wait for a cluster to heal before the drill gives up on it
 */
record KillPlan(int rounds, Victim victim, long pauseMs, long patienceMs) {}
