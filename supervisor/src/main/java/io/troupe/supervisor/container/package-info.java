/**
 * The life of one container, as an event-sourced actor around a pure kernel.
 *
 * <p>Read in this order: {@link io.troupe.supervisor.container.ContainerState} (where it can be),
 * {@link io.troupe.supervisor.container.ContainerCommand} (what it can be asked, and told),
 * {@link io.troupe.supervisor.container.ContainerEvent} and {@link io.troupe.supervisor.container.Fact} (what is on
 * disk), {@link io.troupe.supervisor.container.ContainerKernel} (who decides),
 * {@link io.troupe.supervisor.container.ContainerEntity} (who persists and then does it), then
 * {@link io.troupe.supervisor.container.Narrative} (what people read). Uses {@code protocol}, the messages of
 * {@code process} and {@code failpoint}; nothing here calls Linux, the network or the disk.
 */
@NullMarked
package io.troupe.supervisor.container;

import org.jspecify.annotations.NullMarked;
