/** Tests of the queries, and roots to test with. */
@NullMarked
package io.ostraka.query;

import org.jspecify.annotations.NullMarked;
