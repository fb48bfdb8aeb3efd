package io.regent.controller.loop;

/** Whether a node wants to rule. */
public enum Candidacy {
    /** It follows whoever rules: {@code regent.node.roles=broker}. */
    NEVER,
    /** It contests when nobody rules. */
    ORDINARY,
    /** It also takes the reign from a node that is not preferred: {@code regent.controller.preferred=true}. */
    PREFERRED
}
