import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { subscribe, throttle } from './live'
import { exact, grouped } from './numbers'
import { matcher } from './search'
import { ErrorNote } from './shell'
import type { MetricSummary } from './source'
import { source } from './state'
import { Resource } from './store'

/** The style sheet gives rows this height. */
const rowHeight = 32
const refreshMs = 5000

/** Each metric of a run in a few numbers. Only rows in view are made. */
export function MetricTable({ project, run }: { project: string; run: string }) {
  const summary = useMemo(() => new Resource((signal) => source.summary(project, run, signal)), [project, run])
  const [search, setSearch] = useState('')
  const [top, setTop] = useState(0)
  const scroller = useRef<HTMLDivElement>(null)
  useEffect(() => {
    summary.load()
    const again = throttle(() => summary.load(), refreshMs)
    const unsubscribe = subscribe({
      runs: (named) => {
        if (!named || named.includes(run)) again.call()
      },
    })
    return () => {
      unsubscribe()
      again.cancel()
      summary.stop()
    }
  }, [summary])

  const all = summary.value.value
  const found = useMemo(() => {
    const test = matcher(search)
    return (all?.metrics ?? []).filter((metric) => test(metric.name))
  }, [all, search])
  const first = Math.max(0, Math.floor(top / rowHeight) - 4)
  const shown = found.slice(first, first + 24)
  const below = found.length - first - shown.length
  return (
    <section class="box box-wide">
      <h2>
        Metrics {all && <span class="section-count">{grouped(all.metrics.length)}{all.more && '+'}</span>}
        {(all?.metrics.length ?? 0) > 12 && (
          <input class="box-search" type="search" aria-label="Search metrics" placeholder="Search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        )}
      </h2>
      {summary.error.value && <ErrorNote message={summary.error.value} retry={() => summary.load()} />}
      {all?.metrics.length === 0 && <p class="faint">Nothing was logged yet.</p>}
      {found.length > 0 && (
        <div class="metric-rows" ref={scroller} tabIndex={0} role="region" aria-label="Metrics" onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
          <table class="table">
            <thead>
              <tr>
                <th>Metric</th>
                <th class="number">Last</th>
                <th class="number">Least</th>
                <th class="number">Greatest</th>
                <th class="number">Mean</th>
                <th class="number">Points</th>
              </tr>
            </thead>
            <tbody>
              {first > 0 && <tr style={{ height: `${first * rowHeight}px` }} />}
              {shown.map((metric) => (
                <MetricRow key={metric.name} metric={metric} />
              ))}
              {below > 0 && <tr style={{ height: `${below * rowHeight}px` }} />}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

function MetricRow({ metric }: { metric: MetricSummary }) {
  return (
    <tr class="metric-row">
      <td class="metric-name" title={metric.name}>
        {metric.name}
      </td>
      <td class="number" title={full(metric.last)}>
        {short(metric.last)}
      </td>
      <td class="number" title={full(metric.min)}>
        {short(metric.min)}
      </td>
      <td class="number" title={full(metric.max)}>
        {short(metric.max)}
      </td>
      <td class="number" title={full(metric.mean)}>
        {short(metric.mean)}
      </td>
      <td class="number">{grouped(metric.count)}</td>
    </tr>
  )
}

function full(value: number | string | null): string {
  return value === null ? 'no finite value' : typeof value === 'number' ? exact(value) : value
}

/** Six digits, in full on hover. */
function short(value: number | string | null): string {
  if (value === null) return '–'
  return typeof value === 'number' ? exact(Number(value.toPrecision(6))) : value
}
