package io.regent.controller;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Random;
import java.util.UUID;

/** The core decides from values alone. */
@AnalyzeClasses(packages = "io.regent.controller", importOptions = DoNotIncludeTests.class)
class CoreBoundaryTest {

    private static final String CORE = "io.regent.controller";

    @ArchTest
    static final ArchRule THE_CORE_SEES_ONLY_VALUES = classes()
            .that()
            .resideInAPackage(CORE)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    CORE,
                    "io.regent.metadata..",
                    "org.pcollections..",
                    "java.lang..",
                    "java.util",
                    "java.util.function..",
                    "java.util.regex..",
                    "java.util.stream..");

    @ArchTest
    static final ArchRule THE_CORE_KNOWS_NO_THREADS_CLOCKS_OR_CHANCE = noClasses()
            .that()
            .resideInAPackage(CORE)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Thread.class, ThreadLocal.class, Random.class, UUID.class)
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Timer")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Math.class, "random");
}
