/**
 * Bundles: config.json read and checked, one immutable record for each of its sections.
 *
 * <p>Read {@link io.troupe.supervisor.bundle.OciConfig} and its sections, then
 * {@link io.troupe.supervisor.bundle.ConfigReader} (bytes to records) and
 * {@link io.troupe.supervisor.bundle.BundleReader} (a directory to a {@link io.troupe.supervisor.bundle.Bundle}). What
 * the specification allows and Troupe does not serve is refused by its JSON path, unless it asks for nothing; names that
 * the specification does not know are permitted, as it demands, and listed in
 * {@link io.troupe.supervisor.bundle.Bundle#unknownFields}. May use {@code protocol}.
 */
@NullMarked
package io.troupe.supervisor.bundle;

import org.jspecify.annotations.NullMarked;
