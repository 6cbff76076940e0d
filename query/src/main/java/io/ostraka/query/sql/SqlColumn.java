package io.ostraka.query.sql;

/**
 * A column of an answer.
 *
 * @param name its name; several columns may have the same
 * @param type its type as DuckDB writes it, for example {@code BIGINT} or {@code VARCHAR[]}
 */
public record SqlColumn(String name, String type) {}
