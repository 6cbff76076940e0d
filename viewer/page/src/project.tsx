import { useEffect, useMemo } from 'preact/hooks'
import type { Line } from './bins'
import { ChartBar, PanelGrid } from './grid'
import { bindKeys } from './keys'
import type { PanelContext } from './panel'
import { focusOn, NoRuns } from './projects'
import { RunList } from './run-list'
import { Crumb, ErrorNote, Header, Problems } from './shell'
import { view } from './state'
import type { ProjectStore } from './store'
import { runName } from './store'
import { ProjectWarnings } from './warnings'

/** The runs of a project and their charts. */
export function ProjectPage({ store }: { store: ProjectStore }) {
  useEffect(() => {
    document.title = `${store.name} · Ostraka`
    return bindKeys({ '/': focusOn('metric-search') })
  }, [store])

  const runs = store.runs.value
  const metrics = runs?.length ? store.metrics('metrics') : null
  const charted = store.charted.value
  const strokes = store.strokes.value
  const names = useMemo(() => new Map((runs ?? []).map((run) => [run.run, runName(run)])), [runs])
  const context: PanelContext = {
    project: store.name,
    stream: 'metrics',
    runs: charted.map((run) => run.run),
    ranks: false,
    axis: view.value.axis,
    dress: (line: Line) => {
      const stroke = strokes.get(line.run)
      return stroke ? { name: names.get(line.run) ?? line.run, stroke } : null
    },
    current: charted.some((run) => run.run === store.current.value) ? store.current.value : null,
    without: (chart, problems) => store.without(chart, problems),
  }
  return (
    <>
      <Header>
        <Crumb to={{ project: store.name }}>{store.name}</Crumb>
      </Header>
      {store.error.value && <ErrorNote message={store.error.value} />}
      {runs?.length === 0 && (
        <main class="projects">
          <NoRuns project={store.name} />
        </main>
      )}
      {runs && runs.length > 0 && (
        <div class="split">
          <RunList store={store} />
          <main class="charts">
            <ChartBar axis={context.axis} />
            <Problems problems={store.problems.value} />
            <ProjectWarnings project={store.name} runs={runs} />
            {store.metricsError('metrics') && <ErrorNote message={store.metricsError('metrics')!} />}
            {metrics?.length === 0 && (
              <div class="empty">
                <h2>No metrics yet</h2>
                <p>They appear here as soon as a run logs one.</p>
              </div>
            )}
            {metrics && <PanelGrid metrics={metrics} context={context} />}
          </main>
        </div>
      )}
    </>
  )
}
