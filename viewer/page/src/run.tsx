import { useEffect } from 'preact/hooks'
import type { Tab } from './address'
import { noView } from './address'
import type { Line } from './bins'
import { ConsoleView } from './console'
import { ChartBar, PanelGrid } from './grid'
import { StateMark } from './icons'
import { bindKeys } from './keys'
import { Overview } from './overview'
import { stroke } from './palette'
import type { PanelContext } from './panel'
import { focusOn } from './projects'
import { RunTimes } from './run-list'
import { Crumb, ErrorNote, Header, Problems } from './shell'
import type { Run, ScalarStream } from './source'
import { adjust, go, link, view } from './state'
import { runName, type ProjectStore } from './store'
import { Swatch } from './tooltip'

const tabs: [Tab, string][] = [
  ['overview', 'Overview'],
  ['charts', 'Charts'],
  ['system', 'System'],
  ['console', 'Console'],
]

/** One run of a project. */
export function RunPage({ store, id }: { store: ProjectStore; id: string }) {
  const runs = store.runs.value
  const run = runs?.find((one) => one.run === id)
  const { tab } = view.value
  const name = run ? runName(run) : id
  useEffect(() => {
    document.title = `${name} · ${store.name} · Ostraka`
    return bindKeys({ '/': focusOn(tab === 'console' ? 'console-search' : 'metric-search') })
  }, [name, store, tab])

  return (
    <>
      <Header>
        <Crumb to={{ project: store.name }}>{store.name}</Crumb>
        <Crumb to={{ project: store.name, run: id }}>{name}</Crumb>
      </Header>
      {store.error.value && <ErrorNote message={store.error.value} />}
      {runs && !run && (
        <main class="projects">
          <div class="empty">
            <h1>No such run</h1>
            <p>
              <code>{id}</code> is not in {store.name}. It may have been deleted or moved.
            </p>
          </div>
        </main>
      )}
      {run && (
        <main class="run-page">
          <div class="run-head">
            <h1>
              <StateMark state={run.state} />
              {name}
            </h1>
            <span class="run-head-facts">
              <span class={`state-text state-text-${run.state}`}>{run.state}</span>
              <RunTimes run={run} />
            </span>
            <div class="tabs" role="tablist" aria-label="Views of the run">
              {tabs.map(([value, text]) => (
                <a
                  key={value}
                  role="tab"
                  aria-selected={tab === value}
                  href={link({ project: store.name, run: id, tab: value })}
                  onClick={(event) => {
                    if (event.metaKey || event.ctrlKey) return
                    event.preventDefault()
                    go({ ...noView, project: store.name, run: id, tab: value, axis: view.value.axis, smoothing: view.value.smoothing })
                  }}
                >
                  {text}
                </a>
              ))}
            </div>
          </div>
          <Problems problems={store.problems.value.filter((problem) => problem.key.includes(`/run=${id}/`) || !problem.key.includes('/run='))} />
          {tab === 'overview' && <Overview run={run} />}
          {tab === 'charts' && <RunCharts key="metrics" store={store} run={run} stream="metrics" />}
          {tab === 'system' && <RunCharts key="system" store={store} run={run} stream="system" />}
          {tab === 'console' && <ConsoleView project={store.name} run={run} />}
        </main>
      )}
    </>
  )
}

function RunCharts({ store, run, stream }: { store: ProjectStore; run: Run; stream: ScalarStream }) {
  const metrics = store.metrics(stream)?.filter((metric) => metric.runs.includes(run.run))
  const several = run.writers.length > 1
  const each = several && view.value.ranks
  const writers = [...run.writers].sort((a, b) => a.rank - b.rank || a.writer.localeCompare(b.writer))
  const numbers = new Map(writers.map((writer, n) => [writer.writer, n]))
  // What the machine is measured at has a time and no step.
  const axis = stream === 'system' && view.value.axis === 'step' ? 'relative' : view.value.axis
  const context: PanelContext = {
    project: store.name,
    stream,
    runs: [run.run],
    ranks: each,
    axis,
    dress: (line: Line) => {
      if (line.writer === null || !each) return { name: runName(run), stroke: store.strokes.value.get(run.run) ?? stroke(0) }
      const n = numbers.get(line.writer) ?? writers.length
      return { name: `rank ${writers[n]?.rank ?? line.writer}`, stroke: stroke(n) }
    },
    current: null,
  }
  return (
    <>
      <ChartBar axis={axis} steps={stream === 'metrics'}>
        {several && (
          <div class="segments" role="radiogroup" aria-label="Ranks">
            <button role="radio" aria-checked={!each} onClick={() => adjust({ ranks: false })}>
              Merged
            </button>
            <button role="radio" aria-checked={each} onClick={() => adjust({ ranks: true })}>
              Each rank
            </button>
          </div>
        )}
      </ChartBar>
      {each && (
        <ul class="legend" aria-label="Ranks">
          {writers.slice(0, 40).map((writer, n) => (
            <li key={writer.writer} title={writer.writer}>
              <Swatch stroke={stroke(n)} />
              rank {writer.rank}
            </li>
          ))}
        </ul>
      )}
      {store.metricsError(stream) && <ErrorNote message={store.metricsError(stream)!} />}
      {metrics?.length === 0 && (
        <div class="empty">
          <h2>{stream === 'system' ? 'No system samples' : 'No metrics yet'}</h2>
          <p>{stream === 'system' ? 'The machine is sampled every ten seconds while a run lasts; a short run has none.' : 'They appear here as soon as the run logs one.'}</p>
        </div>
      )}
      {metrics && <PanelGrid metrics={metrics} context={context} />}
    </>
  )
}
