import { lineKey, merge, outgrown, type Line, type Problem } from './bins'
import { SourceError, type SeriesQuery, type Source } from './source'

/** What a panel shows: a query without what is already held. */
export type Wanted = Omit<SeriesQuery, 'since'>

/** Runs that were asked for together and are kept up to date together. */
interface Group {
  readonly runs: readonly string[]
  readonly asked: number
  width: number
  watermark: string
  lines: Map<string, Line>
  problems: readonly Problem[]
}

/** The bins of one range, or of everything. */
class Layer {
  groups: Group[] = []
  /** Runs of which more may be stored than is held. */
  readonly stale = new Set<string>()

  constructor(readonly range: readonly [number, number] | null) {}

  holds(run: string): boolean {
    return this.groups.some((group) => group.runs.includes(run))
  }

  lines(): Line[] {
    return this.groups.flatMap((group) => [...group.lines.values()])
  }

  problems(): Problem[] {
    return this.groups.flatMap((group) => group.problems)
  }
}

/**
 * Keeps the lines of one panel: asks for all its runs at once, then for what is new, and for a zoomed range at full resolution. One
 * request is under way at a time; what was wanted meanwhile is looked at when it ends.
 *
 * Everything held stays while it can still be of use: a run that is hidden and shown again is not asked for again.
 */
export class Feed {
  private wanted: Wanted | null = null
  private overview = new Layer(null)
  private detail: Layer | null = null
  private busy: AbortController | null = null

  /** @param changed called after anything of the below changed */
  constructor(
    private readonly source: Source,
    private readonly changed: () => void,
  ) {}

  /** What went wrong with the last request, null if nothing did. */
  error: string | null = null

  /** Whether nothing was answered yet. */
  loading = true

  /** The lines of everything stored, in as many bins as the panel is wide. */
  get whole(): Line[] {
    return this.overview.lines()
  }

  /** What the lines are without. */
  get problems(): readonly Problem[] {
    return [...this.overview.problems(), ...(this.detail?.problems() ?? [])]
  }

  /** The lines of the zoomed range, null while it is not held. */
  get zoomed(): { range: readonly [number, number]; lines: Line[] } | null {
    return this.detail?.range && this.detail.groups.length ? { range: this.detail.range, lines: this.detail.lines() } : null
  }

  want(wanted: Wanted): void {
    const before = this.wanted
    this.wanted = wanted
    const other =
      before !== null &&
      (before.project !== wanted.project ||
        before.metric !== wanted.metric ||
        before.stream !== wanted.stream ||
        before.axis !== wanted.axis ||
        before.ranks !== wanted.ranks)
    const wider = before !== null && wanted.bins > 1.5 * before.bins
    if (other) {
      this.stop()
      this.overview = new Layer(null)
      this.loading = true
    }
    if (wider) {
      this.stop()
      this.overview.groups.forEach((group) => group.runs.forEach((run) => this.overview.stale.add(run)))
    }
    if (other || wider || !same(this.detail?.range ?? null, wanted.range)) {
      if (this.detail) this.stop()
      this.detail = wanted.range ? new Layer(wanted.range) : null
    }
    this.next()
  }

  /** Says that these runs changed, null for all of them. */
  refresh(runs: readonly string[] | null): void {
    for (const layer of [this.overview, this.detail]) {
      if (!layer) continue
      for (const group of layer.groups) for (const run of group.runs) if (!runs || runs.includes(run)) layer.stale.add(run)
    }
    this.next()
  }

  /** Ends the request under way; nothing is asked for until something is wanted again. */
  stop(): void {
    this.busy?.abort()
    this.busy = null
  }

  private next(): void {
    const wanted = this.wanted
    if (this.busy || !wanted || !wanted.runs.length) return
    // What is zoomed to is on the screen; the rest is brought up to date when it is again.
    const layers = this.detail ? [this.detail, this.overview] : [this.overview]
    for (const layer of layers) {
      const missing = wanted.runs.filter((run) => !layer.holds(run))
      if (missing.length) return this.run((signal) => this.load(layer, missing, signal))
      if (layer !== layers[0]) continue
      const group = layer.groups.find((one) => one.runs.some((run) => layer.stale.has(run) && wanted.runs.includes(run)))
      if (group) return this.run((signal) => this.update(layer, group, signal))
    }
  }

  private run(task: (signal: AbortSignal) => Promise<void>): void {
    const controller = new AbortController()
    this.busy = controller
    task(controller.signal).then(
      () => this.end(controller, null),
      (problem: unknown) => this.end(controller, problem instanceof Error ? problem.message : String(problem)),
    )
  }

  private end(controller: AbortController, error: string | null): void {
    if (this.busy !== controller) return
    this.busy = null
    this.error = error
    this.loading = false
    this.changed()
    // After an error the next event or the reader's wish tries again.
    if (error === null) this.next()
  }

  private async load(layer: Layer, runs: readonly string[], signal: AbortSignal): Promise<void> {
    const wanted = this.wanted!
    runs.forEach((run) => layer.stale.delete(run))
    const answer = await this.source.series({ ...wanted, runs, range: layer.range, since: null }, signal)
    const lines = new Map(answer.lines.map((line) => [lineKey(line), line]))
    layer.groups = [
      ...layer.groups.filter((group) => !group.runs.some((run) => runs.includes(run))),
      { runs, asked: wanted.bins, width: answer.width, watermark: answer.watermark, lines, problems: answer.problems },
    ]
  }

  private async update(layer: Layer, group: Group, signal: AbortSignal): Promise<void> {
    const wanted = this.wanted!
    if (wanted.bins > 1.5 * group.asked) return this.load(layer, group.runs, signal)
    group.runs.forEach((run) => layer.stale.delete(run))
    const since = { width: group.width, watermark: group.watermark }
    try {
      const answer = await this.source.series({ ...wanted, runs: group.runs, range: layer.range, since }, signal)
      const lines = answer.whole ? new Map<string, Line>() : new Map(group.lines)
      for (const fresh of answer.lines) {
        const held = lines.get(lineKey(fresh))
        lines.set(lineKey(fresh), held ? merge(held, fresh) : fresh)
      }
      if (!layer.range && [...lines.values()].some((line) => outgrown(line, wanted.bins))) return this.load(layer, group.runs, signal)
      group.lines = lines
      group.problems = answer.problems
      group.width = answer.width
      group.watermark = answer.watermark
    } catch (problem) {
      // A watermark that the viewer does not know (it was started anew, data was deleted) is given up for a new one.
      if (problem instanceof SourceError && problem.status === 400) return this.load(layer, group.runs, signal)
      group.runs.forEach((run) => layer.stale.add(run))
      throw problem
    }
  }
}

function same(a: readonly [number, number] | null, b: readonly [number, number] | null): boolean {
  return a === b || (a !== null && b !== null && a[0] === b[0] && a[1] === b[1])
}
