/** Tests of the filter language. */
@NullMarked
package io.ostraka.query.filter;

import org.jspecify.annotations.NullMarked;
