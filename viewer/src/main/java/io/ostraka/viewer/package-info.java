/**
 * The viewer: HTTP, server-sent events and the page.
 *
 * <p>Stop 7 of the walk of a point, and the language that stops 6 and 7 speak ({@code
 * docs/http.md}). Nothing here knows SQL or Parquet.
 */
@NullMarked
package io.ostraka.viewer;

import org.jspecify.annotations.NullMarked;
