/**
 * Replies as text and as JSON.
 *
 * <p>Read {@link io.troupe.cli.render.Look} (how it is wanted), {@link io.troupe.cli.render.ReplyRenderer} (the one
 * function over all replies), then the writers: {@code Json}, {@code Table}, and one file per kind of reply. Uses
 * {@code protocol} only.
 */
@NullMarked
package io.troupe.cli.render;

import org.jspecify.annotations.NullMarked;
