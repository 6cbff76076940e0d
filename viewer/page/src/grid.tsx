import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { Icon } from './icons'
import { FullPanel, Panel, type PanelContext } from './panel'
import { matcher, sections } from './search'
import { Search } from './shell'
import type { Metric } from './source'
import type { Axis } from './address'
import { adjust, view } from './state'
import { clock, counted, duration, grouped } from './numbers'
import { VirtualGrid } from './virtual'

/** Sections that are closed, by project and name; they last as long as the page. */
const closed = signal<ReadonlySet<string>>(new Set())

/** Of more panels than this, in all sections together, only those near the view are made. */
const gridLimit = 100

/** More sections than this are not made; nobody scrolls past so many. */
const sectionLimit = 500

/** All charts of some metrics, in sections by the prefix of their names. */
export function PanelGrid({ metrics, context }: { metrics: readonly Metric[]; context: PanelContext }) {
  const search = view.value.metrics
  const found = useMemo(() => {
    const test = matcher(search)
    return sections(metrics)
      .map(({ name, members }) => ({ name, members: members.filter((metric) => test(metric.name)) }))
      .filter((section) => section.members.length > 0)
  }, [metrics, search])
  const { panel } = view.value
  const full = panel === null ? undefined : metrics.find((metric) => metric.name === panel)
  const many = found.reduce((sum, section) => sum + section.members.length, 0) > gridLimit
  return (
    <>
      {found.slice(0, sectionLimit).map((section) => (
        <PanelSection key={section.name} name={section.name} metrics={section.members} many={many} context={context} />
      ))}
      {found.length > sectionLimit && (
        <p class="sections-more">{counted(found.length - sectionLimit, 'more section')}: search for what they are named.</p>
      )}
      {!found.length && metrics.length > 0 && (
        <div class="empty">
          <h2>No metric matches</h2>
          <p>
            None of {counted(metrics.length, 'metric')} matches <q>{view.value.metrics}</q>.
          </p>
          <button class="button" onClick={() => adjust({ metrics: '' })}>
            Show all
          </button>
        </div>
      )}
      {full && <FullPanel metric={full.name} title={full.name} runs={full.runs} context={context} />}
    </>
  )
}

interface SectionProps {
  readonly name: string
  readonly metrics: readonly Metric[]
  /** Whether there are too many panels on the page to make all. */
  readonly many: boolean
  readonly context: PanelContext
}

function PanelSection({ name, metrics, many, context }: SectionProps) {
  const id = `${context.project}\n${context.stream}\n${name}`
  const open = !closed.value.has(id)
  const toggle = () => {
    const next = new Set(closed.value)
    if (!next.delete(id)) next.add(id)
    closed.value = next
  }
  const panel = (metric: Metric) => (
    <Panel
      key={metric.name}
      metric={metric.name}
      title={metric.name.slice(metric.name.indexOf('/') + 1) || metric.name}
      runs={metric.runs}
      context={context}
    />
  )
  return (
    <section class="section">
      <h2 class="section-head">
        <button aria-expanded={open} onClick={toggle}>
          <Icon name="chevron" />
          {name || 'General'}
          <span class="section-count">{grouped(metrics.length)}</span>
        </button>
      </h2>
      {open && (many ? <VirtualGrid items={metrics}>{panel}</VirtualGrid> : <div class="grid">{metrics.map(panel)}</div>)}
    </section>
  )
}

const axes: [Axis, string, string][] = [
  ['step', 'Step', 'The step given to log()'],
  ['relative', 'Relative', 'Time since the run started'],
  ['time', 'Time', 'Wall-clock time'],
]

/** The controls that all charts of a page share. */
export function ChartBar({ axis, steps = true, children }: { axis: Axis; steps?: boolean; children?: preact.ComponentChildren }) {
  const { metrics, smoothing, log, range } = view.value
  return (
    <div class="bar">
      <Search id="metric-search" label="Search metrics" hint="/" value={metrics} onInput={(text) => adjust({ metrics: text })} />
      <div class="segments" role="radiogroup" aria-label="Horizontal axis">
        {axes.filter(([value]) => steps || value !== 'step').map(([value, text, title]) => (
          <button key={value} role="radio" aria-checked={axis === value} title={title} onClick={() => adjust({ axis: value, range: null })}>
            {text}
          </button>
        ))}
      </div>
      <label class="slider" title="Exponential moving average over the bins, without bias; the values themselves stay faint behind">
        <span>Smoothing</span>
        <input
          type="range"
          min="0"
          max="0.99"
          step="0.01"
          value={smoothing}
          onInput={(event) => adjust({ smoothing: Number(event.currentTarget.value) })}
        />
        <output>{smoothing.toFixed(2)}</output>
      </label>
      <button class="toggle" aria-pressed={log} title="Logarithmic vertical axis" onClick={() => adjust({ log: !log })}>
        Log
      </button>
      {children}
      {range && (
        <button class="chip chip-range" title="Back to everything (double click in a chart)" onClick={() => adjust({ range: null })}>
          {rangeText(axis, range)}
          <Icon name="close" />
        </button>
      )}
    </div>
  )
}

function rangeText(axis: Axis, [from, to]: readonly [number, number]): string {
  if (axis === 'step') return `Steps ${grouped(from)} – ${grouped(to)}`
  if (axis === 'relative') return `${duration(from)} – ${duration(to)}`
  return `${clock(from)} – ${clock(to)}`
}
