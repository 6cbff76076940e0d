import { computed, signal, type ReadonlySignal } from '@preact/signals'
import { everyRun } from './address'
import type { Problem } from './bins'
import { subscribe, throttle } from './live'
import { stroke, type Stroke } from './palette'
import { matcher } from './search'
import type { Metric, Run, ScalarStream, Source } from './source'
import { setClock, view } from './state'

/** As many of the newest runs are shown as long as nobody chooses. */
const shownAtFirst = 30

/** Something asked for: what was answered last, and what went wrong since. */
export class Resource<T> {
  readonly value = signal<T | null>(null)
  readonly error = signal<string | null>(null)
  private controller: AbortController | null = null
  private again = false

  constructor(private readonly ask: (signal: AbortSignal) => Promise<T>) {}

  /** Asks, or asks once more when the request under way has ended. */
  load(): void {
    if (this.controller) {
      this.again = true
      return
    }
    const controller = new AbortController()
    this.controller = controller
    this.ask(controller.signal)
      .then(
        (value) => {
          if (controller.signal.aborted) return
          this.value.value = value
          this.error.value = null
        },
        (problem: unknown) => {
          if (!controller.signal.aborted) this.error.value = problem instanceof Error ? problem.message : String(problem)
        },
      )
      .finally(() => {
        if (this.controller !== controller) return
        this.controller = null
        if (this.again) {
          this.again = false
          this.load()
        }
      })
  }

  stop(): void {
    this.controller?.abort()
    this.controller = null
    this.again = false
  }
}

/** The runs and metrics of one project, kept up to date while it is open. */
export class ProjectStore {
  private readonly runList: Resource<{ runs: Run[]; problems: Problem[] }>
  private readonly metricLists: Record<ScalarStream, Resource<{ metrics: Metric[]; problems: Problem[] }>>
  private readonly wantedStreams = new Set<ScalarStream>()
  private readonly ofCharts = signal<ReadonlyMap<object, readonly Problem[]>>(new Map())
  private readonly unsubscribe: () => void
  private readonly reload: { call(): void; cancel(): void }
  private readonly reloadMetrics: { call(): void; cancel(): void }

  /** Newest first; null while nothing was answered yet. */
  readonly runs: ReadonlySignal<readonly Run[] | null>
  readonly error: ReadonlySignal<string | null>
  readonly problems: ReadonlySignal<readonly Problem[]>
  /** The stroke of each run: by order of start, so that a new run changes nobody's colour. */
  readonly strokes: ReadonlySignal<ReadonlyMap<string, Stroke>>
  /** The runs that the list shows. */
  readonly found: ReadonlySignal<readonly Run[]>
  /** The runs that the charts show. */
  readonly charted: ReadonlySignal<readonly Run[]>
  /** The run that the pointer or the keyboard is at. */
  readonly current = signal<string | null>(null)

  constructor(
    readonly name: string,
    source: Source,
  ) {
    this.runList = new Resource(async (signal) => {
      const answer = await source.runs(name, signal)
      setClock(answer.now)
      return answer
    })
    this.metricLists = {
      metrics: new Resource((signal) => source.metrics(name, 'metrics', signal)),
      system: new Resource((signal) => source.metrics(name, 'system', signal)),
    }
    this.runs = computed(() => this.runList.value.value?.runs ?? null)
    this.error = this.runList.error
    this.problems = computed(() => {
      const lists = [this.runList, this.metricLists.metrics, this.metricLists.system].flatMap((list) => list.value.value?.problems ?? [])
      const all = [...lists, ...[...this.ofCharts.value.values()].flat()]
      return [...new Map(all.map((problem) => [problem.key, problem])).values()]
    })
    this.strokes = computed(() => {
      const byStart = [...(this.runs.value ?? [])].reverse()
      return new Map(byStart.map((run, n) => [run.run, stroke(n)]))
    })
    this.found = computed(() => {
      const test = matcher(view.value.search)
      return (this.runs.value ?? []).filter((run) => searchable(run).some(test))
    })
    this.charted = computed(() => {
      const { hidden, shown, search } = view.value
      const runs = search ? this.found.value : (this.runs.value ?? [])
      const hide = new Set(hidden)
      const show = new Set(shown)
      return runs.filter((run, n) => {
        if (hide.has(everyRun) || show.has(run.run)) return show.has(run.run)
        return !hide.has(run.run) && (n < shownAtFirst || show.has(everyRun))
      })
    })
    this.reload = throttle(() => this.runList.load(), 500)
    this.reloadMetrics = throttle(() => this.wantedStreams.forEach((stream) => this.metricLists[stream].load()), () => this.metricsRestMs())
    this.runList.load()
    this.unsubscribe = subscribe({
      runs: () => {
        this.reload.call()
        this.reloadMetrics.call()
      },
    })
  }

  /** Long lists of metrics take long to make and to read, and change no faster for it. */
  private metricsRestMs(): number {
    const names = Math.max(...Object.values(this.metricLists).map((list) => list.value.value?.metrics.length ?? 0))
    return 2000 + names / 2
  }

  /** The metrics of a stream, by name; null while nothing was answered yet. */
  metrics(stream: ScalarStream): readonly Metric[] | null {
    if (!this.wantedStreams.has(stream)) {
      this.wantedStreams.add(stream)
      this.metricLists[stream].load()
    }
    return this.metricLists[stream].value.value?.metrics ?? null
  }

  metricsError(stream: ScalarStream): string | null {
    return this.metricLists[stream].error.value
  }

  /** Says what a chart is without; of none that is whole, or is not shown any more. */
  without(chart: object, problems: readonly Problem[]): void {
    const before = this.ofCharts.peek()
    if (!problems.length && !before.has(chart)) return
    const after = new Map(before)
    if (problems.length) after.set(chart, problems)
    else after.delete(chart)
    this.ofCharts.value = after
  }

  close(): void {
    this.unsubscribe()
    this.reload.cancel()
    this.reloadMetrics.cancel()
    this.runList.stop()
    this.metricLists.metrics.stop()
    this.metricLists.system.stop()
  }
}

function searchable(run: Run): string[] {
  return [run.name ?? '', run.run, run.state, run.group ?? '', run.job_type ?? '', ...run.tags]
}

/** The name of a run for people. */
export function runName(run: Run): string {
  return run.name ?? run.run
}
