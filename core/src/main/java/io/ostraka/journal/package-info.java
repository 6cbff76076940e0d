/**
 * The journal: records appended by a training process, read by a drainer, byte for byte as {@code
 * docs/journal.md} says.
 *
 * <p>Stop 2 of the walk of a point. It knows streams and rows, and neither shards nor stores.
 */
@NullMarked
package io.ostraka.journal;

import org.jspecify.annotations.NullMarked;
