-- Views over the runs below a root of Ostraka, for DuckDB 1.4 or later. What they hold is said in docs/sql.md.
--
--     duckdb -init ostraka.sql          and then, for example:  SELECT run, name, count(*) FROM metrics GROUP BY ALL;
--
-- The views show the root as it was when this file was read. It names no shard: read it again (.read ostraka.sql) to see what
-- came since. The sources of merged shards stay for 15 minutes, so a session older than that may be told "No files found" or
-- "Cannot open file" of one of them: read this file again. Everything made here is temporary, and nothing of the root is written.

SET TimeZone = 'UTC';

-- The same runs at another place: SET VARIABLE ostraka_root = '…'; before this file is read.
SET VARIABLE ostraka_root = coalesce(getvariable('ostraka_root')::VARCHAR, @root@);

-- One listing, from which everything follows. What has no place in the layout is ignored.
CREATE OR REPLACE TEMP TABLE ostraka_objects AS
SELECT file, url_decode(key.project) AS project, url_decode(key.run) AS run, nullif(key.writer, '') AS writer,
       nullif(key.card, '') AS card, nullif(key.stream, '') AS stream,
       TRY_CAST(key.first AS BIGINT) AS first, TRY_CAST(key.last AS BIGINT) AS last
FROM (
  SELECT file, regexp_extract(file,
           '/project=([^/]+)/run=([^/]+)/(?:meta[.]json|writer=(r[0-9]{6}-[0-9a-f]{16})/(?:(writer|end)[.]json|([a-z_]+)/([0-9]{12})-([0-9]{12})[.]parquet))$',
           ['project', 'run', 'writer', 'card', 'stream', 'first', 'last']) AS key
  FROM glob(regexp_replace(rtrim(getvariable('ostraka_root'), '/'), '([*?[])', '[\1]', 'g') || '/project=*/**')
)
WHERE key.project <> '';

-- DuckDB refuses to read an empty list of files, so a reader of no files is another text; query() takes it when a view is used.
@reader@
CREATE OR REPLACE TEMP MACRO ostraka_blobs(variable) AS
  ostraka_reader(getvariable(variable), 'SELECT filename, last_modified, content FROM read_blob(getvariable(''' || variable || '''))',
                 'NULL::VARCHAR AS filename, NULL::TIMESTAMPTZ AS last_modified, NULL::BLOB AS content');
-- A card, or nothing where it cannot be read or is of a newer format.
CREATE OR REPLACE TEMP MACRO ostraka_card(bytes) AS
  CASE WHEN json_valid(TRY(decode(bytes))) AND json_type(TRY(decode(bytes))::JSON) = 'OBJECT'
        AND coalesce(TRY(decode(bytes))::JSON ->> 'format', '1') = '1' THEN TRY(decode(bytes))::JSON END;
CREATE OR REPLACE TEMP MACRO ostraka_text(card, field) AS
  CASE WHEN json_type(card, '$."' || field || '"') = 'VARCHAR' THEN card ->> ('$."' || field || '"') END;
CREATE OR REPLACE TEMP MACRO ostraka_time(card, field) AS TRY_CAST(ostraka_text(card, field) AS TIMESTAMPTZ);
CREATE OR REPLACE TEMP MACRO ostraka_integer(card, field) AS
  CASE WHEN json_type(card, '$."' || field || '"') IN ('BIGINT', 'UBIGINT') THEN TRY_CAST(card ->> ('$."' || field || '"') AS BIGINT) END;
CREATE OR REPLACE TEMP MACRO ostraka_texts(card, field) AS
  list_transform(list_filter(json_extract(card, '$."' || field || '"[*]')::JSON[], lambda x: json_type(x) = 'VARCHAR'),
                 lambda x: json_extract_string(x, '$'));

-- People's edits, and with them the runs that are deleted, which no view shows.
SET VARIABLE ostraka_meta_files = (SELECT list(file) FROM ostraka_objects WHERE writer IS NULL);
SET VARIABLE ostraka_meta_reader = ostraka_blobs('ostraka_meta_files');
CREATE OR REPLACE TEMP TABLE ostraka_edits AS
SELECT o.project, o.run, ostraka_card(b.content) AS card
FROM query(getvariable('ostraka_meta_reader')) b JOIN ostraka_objects o ON o.file = b.filename;
DELETE FROM ostraka_objects o USING ostraka_edits e
WHERE o.project = e.project AND o.run = e.run AND ostraka_time(e.card, 'deleted_at') IS NOT NULL;

-- Which writers continue which, and from which step on the older one's points are hidden (docs/format.md, section 6). Only runs of
-- several writers have any; the cards of the others are read when a view asks for them.
CREATE OR REPLACE TEMP VIEW ostraka_last_cards AS
SELECT project, run, writer, arg_min(file, card) AS file, bool_or(card = 'end') AS has_ended
FROM ostraka_objects WHERE card IS NOT NULL GROUP BY ALL;
SET VARIABLE ostraka_continuing_files = (
  SELECT list(file) FROM ostraka_last_cards
  WHERE (project, run) IN (SELECT (project, run) FROM ostraka_objects WHERE writer IS NOT NULL GROUP BY ALL HAVING count(DISTINCT writer) > 1));
SET VARIABLE ostraka_continuing_reader = ostraka_blobs('ostraka_continuing_files');
CREATE OR REPLACE TEMP TABLE ostraka_continued AS
SELECT project, run, older AS writer, min(coalesce(resume_step, 9223372036854775807)) AS below_step
FROM (
  SELECT c.project, c.run, c.writer, unnest(ostraka_texts(ostraka_card(b.content), 'supersedes')) AS older,
         ostraka_integer(ostraka_card(b.content), 'resume_step') AS resume_step
  FROM query(getvariable('ostraka_continuing_reader')) b JOIN ostraka_last_cards c ON c.file = b.filename
)
WHERE older <> writer GROUP BY ALL;

-- The live rule (docs/format.md, section 3): a shard is live unless an earlier one, by first row and then the widest, reaches its
-- last row. Of one that is covered in part only the rows beyond are read.
CREATE OR REPLACE TEMP TABLE ostraka_shards AS
SELECT *, coalesce(reached >= first, false) OR below_step IS NOT NULL AS is_partial, greatest(first, coalesce(reached + 1, 0)) AS from_row
FROM (
  SELECT o.*, CASE WHEN o.stream IN (@stepped@) THEN nullif(c.below_step, 9223372036854775807) END AS below_step,
         max(o.last) OVER (PARTITION BY o.project, o.run, o.writer, o.stream ORDER BY o.first, o.last DESC
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
  FROM ostraka_objects o LEFT JOIN ostraka_continued c ON c.project = o.project AND c.run = o.run AND c.writer = o.writer
  WHERE o.stream IS NOT NULL AND o.first <= o.last
)
WHERE reached IS NULL OR reached < last;

-- Each stream. What is read in part is apart, so that DuckDB passes by every other shard that cannot hold an answer.
@streams@
-- The last card of each writer, and when it last wrote anything: of one that has not ended by its newest shard of each stream.
SET VARIABLE ostraka_card_files = (SELECT list(file) FROM ostraka_last_cards);
SET VARIABLE ostraka_card_reader = ostraka_blobs('ostraka_card_files');
SET VARIABLE ostraka_newest_files = (
  SELECT list(file) FROM (
    SELECT arg_max(file, last) AS file FROM ostraka_objects o
    WHERE stream IS NOT NULL
      AND NOT EXISTS (FROM ostraka_last_cards c WHERE c.has_ended AND c.project = o.project AND c.run = o.run AND c.writer = o.writer)
    GROUP BY project, run, writer, stream));
SET VARIABLE ostraka_newest_reader = ostraka_blobs('ostraka_newest_files');
CREATE OR REPLACE TEMP VIEW writers AS
WITH known AS (
  SELECT o.project, o.run, o.writer, any_value(c.file) AS file, coalesce(any_value(c.has_ended), false) AS has_ended
  FROM ostraka_objects o LEFT JOIN ostraka_last_cards c ON c.project = o.project AND c.run = o.run AND c.writer = o.writer
  WHERE o.writer IS NOT NULL GROUP BY ALL
), newest AS (
  SELECT o.project, o.run, o.writer, max(b.last_modified) AS at
  FROM query(getvariable('ostraka_newest_reader')) b JOIN ostraka_objects o ON o.file = b.filename GROUP BY ALL
), carded AS (
  SELECT k.project, k.run, k.writer, k.has_ended, coalesce(ostraka_card(b.content), '{}'::JSON) AS card,
         greatest(b.last_modified, n.at) AS last_activity
  FROM known k LEFT JOIN query(getvariable('ostraka_card_reader')) b ON b.filename = k.file
       LEFT JOIN newest n ON n.project = k.project AND n.run = k.run AND n.writer = k.writer
)
SELECT w.project, w.run, w.writer, substr(w.writer, 2, 6)::BIGINT AS rank,
       greatest(1, coalesce(ostraka_integer(w.card, 'world_size'), 1)) AS world_size,
       CASE WHEN ostraka_text(w.card, 'state') IN ('failed', 'finished') THEN ostraka_text(w.card, 'state')
            WHEN w.has_ended THEN 'finished'
            WHEN ostraka_text(w.card, 'state') = 'stalled' THEN 'stalled'
            WHEN epoch(now()) - epoch(w.last_activity) > 4 * coalesce(TRY_CAST(w.card ->> 'heartbeat_seconds' AS DOUBLE), 10) THEN 'crashed'
            ELSE 'running' END AS state,
       ostraka_text(w.card, 'host') AS host, ostraka_integer(w.card, 'process_id') AS process_id,
       ostraka_time(w.card, 'started_at') AS started_at, ostraka_time(w.card, 'heartbeat_at') AS heartbeat_at,
       ostraka_time(w.card, 'finished_at') AS finished_at, w.last_activity,
       ostraka_text(w.card, 'failure') AS failure,
       CASE WHEN json_type(w.card, '$.dropped') = 'OBJECT'
            THEN coalesce(list_sum(json_extract_string(w.card, '$.dropped.*')::BIGINT[])::BIGINT, 0)
            ELSE coalesce(ostraka_integer(w.card, 'dropped'), 0) END AS dropped,
       coalesce(ostraka_texts(w.card, 'supersedes'), []) AS supersedes, ostraka_integer(w.card, 'resume_step') AS resume_step,
       c.writer IS NOT NULL AS continued, nullif(c.below_step, 9223372036854775807) AS hidden_from,
       ostraka_text(w.card, 'parent_writer') AS parent_writer, w.card
FROM carded w LEFT JOIN ostraka_continued c ON c.project = w.project AND c.run = w.run AND c.writer = w.writer;

-- The card of a run (docs/format.md, section 6): of the configuration the later writer has the last word; of everything else the
-- lowest rank, and of one rank the newest writer; people's edits win.
CREATE OR REPLACE TEMP VIEW runs AS
WITH ordered AS (
  SELECT *, row_number() OVER (ORDER BY coalesce(started_at, 'epoch'), writer) AS by_age,
         row_number() OVER (ORDER BY rank DESC, coalesce(started_at, 'epoch'), writer) AS by_rank,
         NOT continued AND parent_writer IS NULL AS counts
  FROM writers
), state AS (
  SELECT project, run, CASE
           WHEN bool_or(state = 'running') THEN 'running' WHEN bool_or(state = 'stalled') THEN 'stalled'
           WHEN bool_or(state = 'failed') THEN 'failed' WHEN bool_or(state = 'crashed') THEN 'crashed' ELSE 'finished' END AS state
  FROM (SELECT *, bool_or(counts) OVER (PARTITION BY project, run) AS any_counts FROM ordered)
  WHERE counts OR NOT any_counts GROUP BY ALL
), settings AS (
  SELECT project, run, field, key, arg_max(value, place) AS value, min(place) AS place
  FROM (SELECT o.project, o.run, 'config' AS field, e.key, coalesce(e.value, 'null') AS value, (o.by_age, e.id) AS place
        FROM ordered o, json_each(CASE WHEN json_type(o.card, '$.config') = 'OBJECT' THEN o.card -> 'config' END) e
        UNION ALL
        SELECT o.project, o.run, 'summary', e.key, coalesce(e.value, 'null'), (o.by_rank, e.id)
        FROM ordered o, json_each(CASE WHEN json_type(o.card, '$.summary') = 'OBJECT' THEN o.card -> 'summary' END) e)
  GROUP BY ALL
), objects AS (
  SELECT project, run, field, ('{' || string_agg(to_json(key)::VARCHAR || ':' || value::VARCHAR, ',' ORDER BY place) || '}')::JSON AS object
  FROM settings GROUP BY ALL
), merged AS (
  SELECT o.project, o.run,
         min(o.started_at) AS started_at, max(o.heartbeat_at) AS heartbeat_at, max(o.finished_at) AS finished_at, max(o.last_activity) AS last_activity,
         sum(o.dropped)::BIGINT AS dropped, count(*) AS writers,
         json_object('name', arg_max(o.card -> 'name', by_rank),
           'tags', arg_max(o.card -> 'tags', by_rank),
           'group', arg_max(o.card -> 'group', by_rank),
           'job_type', arg_max(o.card -> 'job_type', by_rank),
           'notes', arg_max(o.card -> 'notes', by_rank),
           'fork_run', arg_max(o.card -> 'fork_run', by_rank),
           'fork_step', arg_max(o.card -> 'fork_step', by_rank)) AS last
  FROM ordered o GROUP BY ALL
)
SELECT m.project, m.run, coalesce(ostraka_text(e.card, 'name'), ostraka_text(m.last, 'name'), m.run) AS name, s.state,
       m.started_at, m.heartbeat_at, CASE WHEN s.state IN ('finished', 'failed') THEN m.finished_at END AS finished_at, m.last_activity,
       coalesce(c.object, '{}'::JSON) AS config, coalesce(u.object, '{}'::JSON) AS summary,
       coalesce(CASE WHEN json_type(e.card, '$.tags') = 'ARRAY' THEN ostraka_texts(e.card, 'tags') END, ostraka_texts(m.last, 'tags'), []) AS tags,
       ostraka_text(m.last, 'group') AS "group", ostraka_text(m.last, 'job_type') AS job_type,
       coalesce(ostraka_text(e.card, 'notes'), ostraka_text(m.last, 'notes')) AS notes,
       ostraka_text(m.last, 'fork_run') AS fork_run, ostraka_integer(m.last, 'fork_step') AS fork_step, m.dropped, m.writers
FROM merged m JOIN state s ON s.project = m.project AND s.run = m.run
     LEFT JOIN objects c ON c.field = 'config' AND c.project = m.project AND c.run = m.run
     LEFT JOIN objects u ON u.field = 'summary' AND u.project = m.project AND u.run = m.run
     LEFT JOIN ostraka_edits e ON e.project = m.project AND e.run = m.run;
