import type { Run, State, Writer } from './source'

/** What the writers of a run say of its ranks. */

/** States by how much they ask for a look, the worst first. */
export const byConcern: readonly State[] = ['failed', 'crashed', 'stalled', 'running', 'finished']

/** A running writer that was not heard of for so many of its heartbeats is overdue; after four it counts as crashed. */
const overdueAfter = 1.6
/** The same in a bucket, which is looked at every few seconds, and of which a look may miss what came while it listed. */
const overdueInBucketAfter = 3
const crashedAfter = 4

/** The writers that say how a run is doing: those that no other continues. */
export function current(run: Run): Writer[] {
  return run.writers.filter((writer) => !writer.continued).sort(byRank)
}

/** The writers that others continue, the newest first. */
export function earlier(run: Run): Writer[] {
  return run.writers.filter((writer) => writer.continued).sort((a, b) => (b.started_at ?? '').localeCompare(a.started_at ?? '') || byRank(a, b))
}

/** The writers that continue others, the newest first: when, at which step. */
export function resumes(run: Run): Writer[] {
  return run.writers.filter((writer) => writer.supersedes.length > 0).sort((a, b) => (b.started_at ?? '').localeCompare(a.started_at ?? '') || byRank(a, b))
}

export function byRank(a: Writer, b: Writer): number {
  return a.rank - b.rank || (a.started_at ?? '').localeCompare(b.started_at ?? '') || a.writer.localeCompare(b.writer)
}

/** How many writers are in each state, the worst first; states without any are left out. */
export function counts(writers: readonly Writer[]): [State, number][] {
  return byConcern
    .map((state): [State, number] => [state, writers.filter((writer) => writer.state === state).length])
    .filter(([, count]) => count > 0)
}

/** Since when a writer has been in its state, in milliseconds since the epoch: its end, or when it was last heard of. */
export function since(writer: Writer): number | null {
  const time = writer.finished_at ?? writer.heartbeat_at
  return time === null ? null : Date.parse(time)
}

/** For how many of its heartbeats nothing was heard of a writer. */
export function silence(writer: Writer, nowMs: number): number {
  if (writer.heartbeat_at === null) return 0
  return Math.max(0, nowMs - Date.parse(writer.heartbeat_at)) / (1000 * writer.heartbeat_seconds)
}

/** How long ago a writer was heard of on a scale from 0, just now, to 1, when it would count as crashed. */
export function heat(writer: Writer, nowMs: number): number {
  return writer.state === 'running' ? Math.min(1, silence(writer, nowMs) / crashedAfter) : 0
}

/** The running writers of which nothing was heard for longer than their heartbeat allows, the longest silent first. */
export function overdue(run: Run, nowMs: number, isBucket = false): Writer[] {
  const after = isBucket ? overdueInBucketAfter : overdueAfter
  return current(run)
    .filter((writer) => writer.state === 'running' && silence(writer, nowMs) > after)
    .sort((a, b) => silence(b, nowMs) - silence(a, nowMs))
}

/** Ranks as people write them: 0–3, 7, 9. */
export function rankSpans(ranks: readonly number[]): string {
  const sorted = [...new Set(ranks)].sort((a, b) => a - b)
  const spans: [number, number][] = []
  for (const rank of sorted) {
    const last = spans.at(-1)
    if (last && last[1] === rank - 1) last[1] = rank
    else spans.push([rank, rank])
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from}–${to}`)).join(', ')
}
