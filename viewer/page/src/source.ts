import type { Axis } from './address'
import type { Answer, Problem } from './bins'

/** Where the page gets what it shows. It talks to a source and knows nothing else of the world. */
export interface Source {
  server(signal: AbortSignal): Promise<Server>
  projects(signal: AbortSignal): Promise<Project[]>
  runs(project: string, signal: AbortSignal): Promise<{ runs: Run[]; problems: Problem[]; now?: string }>
  metrics(project: string, stream: ScalarStream, signal: AbortSignal): Promise<{ metrics: Metric[]; problems: Problem[] }>
  /** Bins of one metric of some runs. */
  series(query: SeriesQuery, signal: AbortSignal): Promise<Answer>
  /** Points as they were logged, by step and row. */
  points(query: PointsQuery, signal: AbortSignal): Promise<{ points: Point[]; more: boolean }>
  /** Each metric of a run in a few numbers, by name. */
  summary(project: string, run: string, signal: AbortSignal): Promise<{ metrics: MetricSummary[]; more: boolean }>
  console(query: ConsoleQuery, signal: AbortSignal): Promise<{ lines: ConsoleLine[]; more: boolean }>
  /**
   * Tells what changes until the returned function is called.
   *
   * @param project the project whose runs are followed; null for the list of projects alone
   */
  follow(project: string | null, listener: Listener): () => void
}

export interface Listener {
  /** Also called with every reconnect: everything on the screen is to be asked for once. */
  connected(): void
  lost(): void
  /** State, card or data of these runs changed. */
  runs(runs: readonly string[]): void
  projects(): void
}

/** What answers, and how it is doing. */
export interface Server {
  readonly root: string
  readonly started_at: string
  readonly now: string
  /** What was asked of the store so far, where that costs money. */
  readonly requests?: Requests
  /** Why the store cannot be read at the moment, in one line. */
  readonly trouble?: string
}

export interface Requests {
  readonly list: number
  readonly get: number
  readonly put: number
  readonly head: number
  readonly delete: number
  readonly received_bytes: number
}

export type State = 'running' | 'stalled' | 'finished' | 'failed' | 'crashed'
export type ScalarStream = 'metrics' | 'system'
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export interface Project {
  readonly name: string
  readonly runs: number
  readonly running: number
  readonly last_activity: string | null
}

export interface Run {
  readonly run: string
  readonly name: string | null
  readonly state: State
  readonly group: string | null
  readonly job_type: string | null
  readonly tags: readonly string[]
  readonly notes: string | null
  readonly config: { [key: string]: Json }
  readonly summary: { [key: string]: Json }
  readonly started_at: string | null
  readonly heartbeat_at: string | null
  readonly finished_at: string | null
  /** The run that this one was forked from, which need not be there any more, and the step. */
  readonly fork_run: string | null
  readonly fork_step: number | null
  /** Points that were not accepted. */
  readonly dropped: number
  readonly writers: readonly Writer[]
}

/** One process that logs to a run. */
export interface Writer {
  readonly writer: string
  readonly rank: number
  readonly world_size: number
  readonly state: State
  readonly host: string | null
  readonly process_id: number | null
  readonly started_at: string | null
  readonly heartbeat_at: string | null
  /** How often it is heard of at least. */
  readonly heartbeat_seconds: number
  readonly finished_at: string | null
  readonly failure: string | null
  readonly dropped: number
  /** The writer of the process that this one's process was forked from. */
  readonly parent_writer: string | null
  /** The writers that this one continues, from which step on. */
  readonly supersedes: readonly string[]
  readonly resume_step: number | null
  /** Whether others continue this one, and from which step on its points are hidden. */
  readonly continued: boolean
  readonly hidden_from: number | null
  /** Rows by stream. */
  readonly rows: { [stream: string]: number }
  readonly command: readonly string[] | null
  readonly git: { [key: string]: Json } | null
  readonly client: { [key: string]: Json } | null
}

export interface Metric {
  readonly name: string
  readonly count: number
  readonly runs: readonly string[]
}

/** Numbers that are not finite are texts; least, greatest and mean are over finite values, null if there are none. */
export interface MetricSummary {
  readonly name: string
  readonly last: number | string
  readonly min: number | null
  readonly max: number | null
  readonly mean: number | null
  readonly count: number
}

export interface SeriesQuery {
  readonly project: string
  readonly runs: readonly string[]
  readonly metric: string
  readonly stream: ScalarStream
  readonly axis: Axis
  readonly bins: number
  readonly range: readonly [number, number] | null
  readonly ranks: boolean
  /** Bin width and watermark of an earlier answer: only rows above it are asked for. */
  readonly since: { readonly width: number; readonly watermark: string } | null
}

export interface PointsQuery {
  readonly project: string
  readonly run: string
  readonly metric: string
  readonly stream: ScalarStream
  readonly writer: string | null
  readonly axis: Axis
  readonly range: readonly [number, number]
  readonly limit: number
}

export interface Point {
  readonly writer: string
  readonly row: number
  readonly step: number
  readonly time: string
  readonly value: number | string
}

export interface ConsoleQuery {
  readonly project: string
  readonly run: string
  readonly writer: string | null
  /** Only lines after this row of that writer; null for the newest lines. */
  readonly after: number | null
  readonly limit: number
  readonly search: string
}

export interface ConsoleLine {
  readonly writer: string
  readonly rank: number
  readonly row: number
  readonly time: string
  readonly step: number | null
  readonly source: string
  readonly line: string
}

/** What a source could not answer, in one line for a person. */
export class SourceError extends Error {
  constructor(
    message: string,
    /** The status of the answer, 0 if there was none. */
    readonly status: number,
  ) {
    super(message)
  }
}
