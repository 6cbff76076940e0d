/**
 * What people do to runs: names, tags, notes, deleting and taking back.
 *
 * <p>Beside the walk of a point. Every edit goes to {@code meta.json}, which wins over the writers'
 * cards; nothing here touches what a writer wrote, but for a purge, which removes a deleted run for
 * good.
 */
@NullMarked
package io.ostraka.edit;

import org.jspecify.annotations.NullMarked;
