import { signal } from '@preact/signals'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Chart, withNeighbours, type Look, type Trace } from './chart'
import type { Axis } from './address'
import { lineKey, type Line, type Problem } from './bins'
import { download, toCsv } from './download'
import { Feed } from './feed'
import { Icon } from './icons'
import { subscribe, throttle } from './live'
import type { Stroke } from './palette'
import { Dialog, ErrorNote } from './shell'
import type { ScalarStream } from './source'
import { adjust, source, theme, view } from './state'
import { hovered } from './tooltip'

/** What all panels of a page have in common. */
export interface PanelContext {
  readonly project: string
  readonly stream: ScalarStream
  /** The runs to show, in the order of the list. */
  readonly runs: readonly string[]
  readonly ranks: boolean
  readonly axis: Axis
  /** How a line is drawn and named; null if it is not shown. */
  readonly dress: (line: Line) => { name: string; stroke: Stroke } | null
  /** The run to draw in front. */
  readonly current: string | null
  /** Told what a chart is without. */
  readonly without: (chart: object, problems: readonly Problem[]) => void
}

interface PanelProps {
  readonly metric: string
  /** Name of the metric without what its section says. */
  readonly title: string
  /** The runs that have this metric. */
  readonly runs: readonly string[]
  readonly context: PanelContext
}

/** Events that come closer together than this are answered by one request. */
const updateMs = 200

/** Tells elements when they come near the view and when they leave it. */
const watchers = new WeakMap<Element, (near: boolean) => void>()
const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) watchers.get(entry.target)?.(entry.isIntersecting)
  },
  { rootMargin: '200px 0px' },
)

/** A chart of one metric. It asks for nothing and draws nothing while it is out of view. */
export function Panel(props: PanelProps) {
  const card = useRef<HTMLElement>(null)
  const [near, setNear] = useState(false)
  useEffect(() => {
    const element = card.current!
    watchers.set(element, setNear)
    observer.observe(element)
    return () => observer.unobserve(element)
  }, [])

  const slash = props.metric.length - props.title.length
  return (
    <article class="panel" ref={card} aria-label={props.metric}>
      {near ? (
        <PanelBody {...props} head={<PanelTitle prefix={props.metric.slice(0, slash)} title={props.title} />} full={false} />
      ) : (
        <div class="panel-head">
          <PanelTitle prefix={props.metric.slice(0, slash)} title={props.title} />
        </div>
      )}
    </article>
  )
}

function PanelTitle({ prefix, title }: { prefix: string; title: string }) {
  return (
    <h3 class="panel-title" title={prefix + title}>
      {prefix && <span class="panel-prefix">{prefix}</span>}
      {title}
    </h3>
  )
}

/** The panel that fills the screen. */
export function FullPanel(props: PanelProps) {
  return (
    <Dialog label={props.metric} class="panel-full" onClose={() => adjust({ panel: null })}>
      <PanelBody {...props} head={<PanelTitle prefix="" title={props.metric} />} full={true} />
    </Dialog>
  )
}

function PanelBody({ metric, runs, context, head, full }: PanelProps & { head: preact.ComponentChild; full: boolean }) {
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<Chart | null>(null)
  const revision = useMemo(() => signal(0), [])
  const feed = useMemo(() => new Feed(source, () => revision.value++), [])
  const [width, setWidth] = useState(0)

  const { log, smoothing, range } = view.value
  const { axis } = context
  const look: Look = { axis, log, smoothing, theme: theme.value }
  const shown = context.runs.filter((run) => runs.includes(run))

  useEffect(() => {
    const made = new Chart(host.current!, look, {
      zoomed: (zoomed) => adjust({ range: zoomed }),
      reset: () => adjust({ range: null }),
      hovered: (hover) => (hovered.value = hover && { ...hover, metric, stream: context.stream, project: context.project }),
    })
    chart.current = made
    setWidth(host.current!.clientWidth)
    const sized = new ResizeObserver(() => host.current && setWidth(host.current.clientWidth))
    sized.observe(host.current!)

    const changed = new Set<string>()
    let everything = false
    const update = throttle(() => {
      feed.refresh(everything ? null : [...changed])
      changed.clear()
      everything = false
    }, updateMs)
    const unsubscribe = subscribe({
      runs(named) {
        if (named) named.forEach((run) => changed.add(run))
        else everything = true
        update.call()
      },
    })
    return () => {
      unsubscribe()
      update.cancel()
      feed.stop()
      context.without(feed, [])
      sized.disconnect()
      made.destroy()
      hovered.value = null
    }
  }, [])

  const bins = Math.max(50, Math.round(width / 10) * 10)
  const runsKey = shown.join('\n')
  useEffect(() => {
    if (!width) return
    feed.want({
      project: context.project,
      runs: shown,
      metric,
      stream: context.stream,
      axis,
      bins,
      range,
      ranks: context.ranks,
    })
  }, [context.project, context.stream, context.ranks, runsKey, metric, axis, bins, range?.[0], range?.[1], width > 0])

  const lines = useMemo(() => linesOf(feed, axis, range), [revision.value, axis, range, runsKey])
  const traces = dressed(lines, context, shown)
  useEffect(() => {
    chart.current?.show(traces, look, range)
  })
  useEffect(() => chart.current?.emphasise(context.current), [context.current])
  useEffect(() => context.without(feed, feed.problems), [revision.value])

  const empty = !feed.loading && !feed.error && traces.every((trace) => trace.line.bins.bin.length === 0)
  const title = metric.replaceAll('/', '-')
  return (
    <>
      <div class="panel-head">
        {head}
        <div class="panel-tools">
          <button
            class="button-icon"
            title="Save as CSV"
            aria-label={`Save ${metric} as CSV`}
            onClick={() => download(`${title}.csv`, new Blob([toCsv(traces, axis)], { type: 'text/csv' }))}
          >
            <Icon name="table" />
          </button>
          <button
            class="button-icon"
            title="Save as picture"
            aria-label={`Save ${metric} as picture`}
            onClick={() => void chart.current?.picture(metric).then((blob) => blob && download(`${title}.png`, blob))}
          >
            <Icon name="image" />
          </button>
          <button
            class="button-icon"
            title={full ? 'Close (Esc)' : 'Fill the screen'}
            aria-label={full ? 'Close' : `${metric} over the whole screen`}
            onClick={() => adjust({ panel: full ? null : metric })}
          >
            <Icon name={full ? 'close' : 'expand'} />
          </button>
        </div>
      </div>
      <div class="panel-chart" ref={host}>
        {feed.loading && shown.length > 0 && <div class="panel-cover panel-loading">Reading…</div>}
        {!shown.length && <div class="panel-cover">No visible run has this metric</div>}
        {shown.length > 0 && empty && <div class="panel-cover">{range ? 'Nothing was logged in this range' : 'No points yet'}</div>}
        {feed.error && (
          <div class="panel-cover">
            <ErrorNote message={feed.error} retry={() => feed.refresh(null)} />
          </div>
        )}
      </div>
    </>
  )
}

/** The lines to draw: those of the zoomed range once they are here, until then those of everything. */
function linesOf({ zoomed, whole }: Feed, axis: Axis, range: readonly [number, number] | null): Line[] {
  if (!range || !zoomed) return whole
  return whole.length ? withNeighbours(zoomed.lines, whole, zoomed.range, axis) : zoomed.lines
}

/** The lines of the runs that are shown, the first of the list drawn last and so in front. */
function dressed(lines: readonly Line[], context: PanelContext, shown: readonly string[]): Trace[] {
  const places = new Map(shown.map((run, n) => [run, n]))
  return lines
    .filter((line) => places.has(line.run))
    .sort((a, b) => places.get(b.run)! - places.get(a.run)! || lineKey(b).localeCompare(lineKey(a)))
    .flatMap((line) => {
      const dress = context.dress(line)
      return dress ? [{ ...dress, line }] : []
    })
}
