import { useEffect, useMemo } from 'preact/hooks'
import type { Tab } from './address'
import { noView } from './address'
import type { Line } from './bins'
import { ConsoleView } from './console'
import { ChartBar, PanelGrid } from './grid'
import { StateMark } from './icons'
import { Origin } from './history'
import { bindKeys } from './keys'
import { Overview } from './overview'
import { stroke } from './palette'
import type { PanelContext } from './panel'
import { focusOn } from './projects'
import { RankStrip } from './rank-strip'
import { byRank } from './ranks'
import { RunTimes } from './run-list'
import { Crumb, ErrorNote, Header, Problems } from './shell'
import type { Run, ScalarStream, Writer } from './source'
import { adjust, go, link, view } from './state'
import { runName, type ProjectStore } from './store'
import { Swatch } from './tooltip'
import { RunWarnings } from './warnings'

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
              <Origin run={run} store={store} />
            </span>
            <RankStrip run={run} />
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
          <RunWarnings run={run} />
          {tab === 'overview' && <Overview run={run} store={store} />}
          {tab === 'charts' && <RunCharts key="metrics" store={store} run={run} stream="metrics" />}
          {tab === 'system' && <RunCharts key="system" store={store} run={run} stream="system" />}
          {tab === 'console' && <ConsoleView project={store.name} run={run} />}
        </main>
      )}
    </>
  )
}

/** The writers that lead a line each: those that no other of their rank continues. */
function lines(run: Run): Writer[] {
  const continued = new Set(
    run.writers.flatMap((writer) => writer.supersedes.filter((older) => rankOf(older) === writer.rank && older !== writer.writer)),
  )
  return run.writers.filter((writer) => writer.parent_writer !== null || !continued.has(writer.writer)).sort(byRank)
}

/** The rank that a writer's id says, also where the writer is another run's. */
function rankOf(writer: string): number {
  return Number.parseInt(writer.slice(1, 7), 10)
}

function RunCharts({ store, run, stream }: { store: ProjectStore; run: Run; stream: ScalarStream }) {
  const all = store.metrics(stream)
  const metrics = useMemo(() => all?.filter((metric) => metric.runs.includes(run.run)), [all, run.run])
  const several = new Set(run.writers.map((writer) => writer.rank)).size > 1
  const each = several && view.value.ranks
  const writers = lines(run)
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
      const rank = rankOf(line.writer)
      return { name: `rank ${rank}`, stroke: stroke(numbers.get(line.writer) ?? rank) }
    },
    current: null,
    without: (chart, problems) => store.without(chart, problems),
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
          {writers.length > 40 && <li class="faint">and {writers.length - 40} more</li>}
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
