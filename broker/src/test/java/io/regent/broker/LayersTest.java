package io.regent.broker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Dependencies inside the broker point one way: handlers to groups and replicas, these to logs; wiring sees all. */
@AnalyzeClasses(packages = "io.regent.broker", importOptions = DoNotIncludeTests.class)
class LayersTest {

    @ArchTest
    static final ArchRule HANDLERS_STAND_ON_GROUPS_REPLICAS_AND_LOGS = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.regent.broker..")
            .layer("wiring")
            .definedBy("io.regent.broker")
            .layer("api")
            .definedBy("io.regent.broker.api..")
            .layer("group")
            .definedBy("io.regent.broker.group")
            .layer("replica")
            .definedBy("io.regent.broker.replica")
            .layer("log")
            .definedBy("io.regent.broker.log")
            .layer("metadata")
            .definedBy("io.regent.broker.metadata")
            .layer("network")
            .definedBy("io.regent.broker.network")
            .layer("quota")
            .definedBy("io.regent.broker.quota")
            .layer("config")
            .definedBy("io.regent.broker.config")
            .whereLayer("api")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("group")
            .mayOnlyBeAccessedByLayers("wiring", "api")
            .whereLayer("replica")
            .mayOnlyBeAccessedByLayers("wiring", "api", "group")
            .whereLayer("log")
            .mayOnlyBeAccessedByLayers("wiring", "api", "group", "replica")
            .whereLayer("metadata")
            .mayOnlyBeAccessedByLayers("wiring", "api", "group", "replica")
            .whereLayer("network")
            .mayOnlyBeAccessedByLayers("wiring", "api", "quota")
            .whereLayer("quota")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers("wiring", "api");

    @ArchTest
    static final ArchRule ONLY_THE_WIRING_KNOWS_ZOOKEEPER_AND_THE_LINKS = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.regent.broker.network",
                    "io.regent.broker.api..",
                    "io.regent.broker.group",
                    "io.regent.broker.replica",
                    "io.regent.broker.log",
                    "io.regent.broker.metadata",
                    "io.regent.broker.config",
                    "io.regent.broker.quota")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.zookeeper..",
                    "org.apache.curator..",
                    "io.regent.controller.zk",
                    "io.regent.controller.link",
                    "io.regent.controller.detect");

    @ArchTest
    static final ArchRule ONLY_THE_NETWORK_KNOWS_NETTY = noClasses()
            .that()
            .resideInAPackage("io.regent.broker..")
            .and()
            .resideOutsideOfPackage("io.regent.broker.network")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");
}
