/**
 * Bundles: config.json as immutable records, one for each of its sections. Read
 * {@link io.troupe.supervisor.bundle.OciConfig} first. May use {@code protocol}.
 */
@NullMarked
package io.troupe.supervisor.bundle;

import org.jspecify.annotations.NullMarked;
