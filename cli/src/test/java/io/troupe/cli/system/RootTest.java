package io.troupe.cli.system;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of tests with real containers. They need root; without it the class is skipped, and the report says why. Tests
 * that take a {@link Troupe} share one supervisor, which must leave the host clean at the end of the class.
 */
@Tag("root")
@ExtendWith({NeedsRoot.class, OneSupervisor.class})
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface RootTest {}
