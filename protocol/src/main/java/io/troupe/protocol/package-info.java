/**
 * What users and programs say to a supervisor and hear from it: requests, replies, events as they are shown, failures.
 *
 * <p>Read {@link io.troupe.protocol.Request} (what can be asked), {@link io.troupe.protocol.Reply} (what comes back),
 * {@link io.troupe.protocol.Failure} (what is said when it cannot be done), {@link io.troupe.protocol.HistoryEntry} (an
 * event as users see it), then {@link io.troupe.protocol.CommandLine} (how argv becomes a request and a reply text).
 * Plain data and no behaviour; uses nothing of ours.
 */
@NullMarked
package io.troupe.protocol;

import org.jspecify.annotations.NullMarked;
