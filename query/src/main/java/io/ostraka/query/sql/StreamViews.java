package io.ostraka.query.sql;

import java.util.stream.Collectors;

/**
 * The SQL of the streams' views. It stands on a table {@code ostraka_shards} of the live shards and
 * a macro {@code ostraka_reader}, which the script computes from a listing and a session is given.
 */
final class StreamViews {
  /*
   * DuckDB refuses to read an empty list of files, and one list of all shards with a condition for
   * each could not be pruned by project, run and writer, which are in the files' paths. So a view
   * reads two lists: the shards that are read whole, which are nearly all, and those of which some
   * rows are another shard's or hidden by a resume. query() takes the text when the view is used,
   * so that new shards need no new view.
   */
  static final String READER =
      """
      CREATE OR REPLACE TEMP MACRO ostraka_reader(files, reader, columns) AS
        CASE WHEN len(files) > 0 THEN reader ELSE 'SELECT ' || columns || ' WHERE false' END;
      """;

  private static final String FILES =
      """
      SET VARIABLE ostraka_%1$s_whole = (SELECT list(file ORDER BY file) FROM ostraka_shards WHERE stream = '%1$s' AND NOT is_partial);
      SET VARIABLE ostraka_%1$s_partial = (SELECT list(file ORDER BY file) FROM ostraka_shards WHERE stream = '%1$s' AND is_partial);
      SET VARIABLE ostraka_%1$s = ostraka_reader(getvariable('ostraka_%1$s_whole'),
        'SELECT %2$s FROM read_parquet(getvariable(''ostraka_%1$s_whole''), hive_partitioning = true, hive_types_autocast = false)',
        '%3$s')
        || CASE WHEN len(getvariable('ostraka_%1$s_partial')) > 0 THEN
        ' UNION ALL SELECT %2$s FROM (SELECT s.*, p.from_row, p.below_step
           FROM read_parquet(getvariable(''ostraka_%1$s_partial''), hive_partitioning = true, hive_types_autocast = false, filename = ''file'') s
           JOIN ostraka_shards p ON p.file = s.file)
           WHERE row >= from_row AND (below_step IS NULL OR step < below_step)' ELSE '' END;
      """;

  private static final String VIEW =
      "CREATE OR REPLACE TEMP VIEW %1$s AS FROM query(getvariable('ostraka_%1$s'));\n";

  private StreamViews() {}

  /** The variables with the files that each stream's view reads. */
  static String files() {
    return SqlStream.written().stream()
        .map(stream -> FILES.formatted(stream.name(), stream.names(), stream.nothing()))
        .collect(Collectors.joining());
  }

  /** The views, of the reserved streams too. */
  static String views() {
    String written =
        SqlStream.written().stream()
            .map(stream -> VIEW.formatted(stream.name()))
            .collect(Collectors.joining());
    String reserved =
        SqlStream.reserved().stream()
            .map(
                stream ->
                    "CREATE OR REPLACE TEMP VIEW %s AS SELECT %s WHERE false;\n"
                        .formatted(stream.name(), stream.nothing()))
            .sorted()
            .collect(Collectors.joining());
    return written + reserved;
  }
}
