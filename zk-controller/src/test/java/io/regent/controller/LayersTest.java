package io.regent.controller;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Dependencies inside this module point one way: ZooKeeper, the links and the detector to the loop, the loop to the core. */
@AnalyzeClasses(packages = "io.regent.controller", importOptions = DoNotIncludeTests.class)
class LayersTest {

    @ArchTest
    static final ArchRule ADAPTERS_KNOW_THE_LOOP_AND_THE_LOOP_KNOWS_THE_CORE = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("io.regent.controller..")
            .layer("core")
            .definedBy("io.regent.controller")
            .layer("loop")
            .definedBy("io.regent.controller.loop")
            .layer("zk")
            .definedBy("io.regent.controller.zk")
            .layer("link")
            .definedBy("io.regent.controller.link")
            .layer("detect")
            .definedBy("io.regent.controller.detect")
            .whereLayer("zk")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("detect")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("link")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("loop")
            .mayOnlyBeAccessedByLayers("zk", "link", "detect");

    @ArchTest
    static final ArchRule THE_LOOP_KNOWS_NEITHER_ZOOKEEPER_NOR_THE_NETWORK = noClasses()
            .that()
            .resideInAPackage("io.regent.controller.loop")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.zookeeper..", "org.apache.curator..", "io.netty..", "org.apache.kafka.common..");

    @ArchTest
    static final ArchRule ONLY_CONTROLLER_NODE_HAS_THREADS_IN_THE_LOOP = noClasses()
            .that()
            .resideInAPackage("io.regent.controller.loop")
            .and()
            .haveNameNotMatching(".*ControllerNode.*")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.Thread")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");
}
