/**
 * The command line: words to requests, replies to text.
 *
 * <p>Read {@link io.troupe.cli.TroupeCommandLine}, then {@code command.Commands} (what there is) and
 * {@code render.ReplyRenderer} (what is printed). Uses {@code protocol} only.
 */
@NullMarked
package io.troupe.cli;

import org.jspecify.annotations.NullMarked;
