/** Tests of SQL over a root. */
@NullMarked
package io.ostraka.query.sql;

import org.jspecify.annotations.NullMarked;
