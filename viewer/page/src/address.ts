/** The address bar holds the whole view; these read it and write it. What stands at its default is left out. */

export type Axis = 'step' | 'relative' | 'time'
export type Tab = 'overview' | 'charts' | 'system' | 'console'

export interface View {
  readonly project: string | null
  readonly run: string | null
  readonly tab: Tab
  /** What the metrics are searched for: a regular expression, or plain text if it is none. */
  readonly metrics: string
  /** What the runs (or projects) are searched for. */
  readonly search: string
  readonly axis: Axis
  /** Weight of the moving average, 0 to 0.99. */
  readonly smoothing: number
  readonly log: boolean
  /** The range of x that is zoomed to, in units of the axis. */
  readonly range: readonly [from: number, to: number] | null
  /** Runs that are hidden though they would be shown, and the other way round; {@link everyRun} for all but those of the other list. */
  readonly hidden: readonly string[]
  readonly shown: readonly string[]
  /** Whether each rank of a run is a line of its own. */
  readonly ranks: boolean
  /** The metric whose panel fills the screen. */
  readonly panel: string | null
}

/** Stands for every run in a list of runs; a run cannot be named so. */
export const everyRun = '.'

export const noView: View = {
  project: null,
  run: null,
  tab: 'overview',
  metrics: '',
  search: '',
  axis: 'step',
  smoothing: 0,
  log: false,
  range: null,
  hidden: [],
  shown: [],
  ranks: false,
  panel: null,
}

/** Reads a query string. Whatever makes no sense stands at its default. */
export function parseView(query: string): View {
  const fields = new URLSearchParams(query)
  const text = (name: string) => fields.get(name) || null
  const project = text('project')
  const smoothing = Number(fields.get('smooth') ?? '0')
  const from = Number.parseFloat(fields.get('from') ?? '')
  const to = Number.parseFloat(fields.get('to') ?? '')
  return {
    project,
    run: project === null ? null : text('run'),
    tab: oneOf(['overview', 'charts', 'system', 'console'], fields.get('tab'), 'overview'),
    metrics: fields.get('metrics') ?? '',
    search: fields.get('search') ?? '',
    axis: oneOf(['step', 'relative', 'time'], fields.get('x'), 'step'),
    smoothing: smoothing > 0 ? Math.min(smoothing, 0.99) : 0,
    log: fields.get('log') === '1',
    range: from < to ? [from, to] : null,
    hidden: fields.getAll('hide'),
    shown: fields.getAll('show'),
    ranks: fields.get('ranks') === 'each',
    panel: text('panel'),
  }
}

/** Writes a query string that reads back as the same view; empty, or with its question mark. */
export function formatView(view: View): string {
  const fields = new URLSearchParams()
  if (view.project !== null) fields.set('project', view.project)
  if (view.run !== null) fields.set('run', view.run)
  if (view.tab !== 'overview') fields.set('tab', view.tab)
  if (view.metrics) fields.set('metrics', view.metrics)
  if (view.search) fields.set('search', view.search)
  if (view.axis !== 'step') fields.set('x', view.axis)
  if (view.smoothing > 0) fields.set('smooth', String(view.smoothing))
  if (view.log) fields.set('log', '1')
  if (view.range) {
    fields.set('from', String(view.range[0]))
    fields.set('to', String(view.range[1]))
  }
  for (const run of view.hidden) fields.append('hide', run)
  for (const run of view.shown) fields.append('show', run)
  if (view.ranks) fields.set('ranks', 'each')
  if (view.panel !== null) fields.set('panel', view.panel)
  const query = fields.toString()
  return query ? `?${query}` : ''
}

function oneOf<T extends string>(known: readonly T[], text: string | null, otherwise: T): T {
  return known.find((one) => one === text) ?? otherwise
}
