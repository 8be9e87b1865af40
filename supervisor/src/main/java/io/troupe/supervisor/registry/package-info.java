/**
 * Which containers exist, and the actor of each.
 *
 * <p>Read {@link io.troupe.supervisor.registry.Registry}. Uses {@code container}, {@code process} messages and
 * {@code protocol}.
 */
@NullMarked
package io.troupe.supervisor.registry;

import org.jspecify.annotations.NullMarked;
