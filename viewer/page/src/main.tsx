import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Help } from './keys'
import { ProjectPage } from './project'
import { ProjectsPage } from './projects'
import { RunPage } from './run'
import { source, view } from './state'
import { ProjectStore } from './store'
import './style.css'
import { Tooltip } from './tooltip'

function App() {
  const { project, run } = view.value
  return (
    <>
      {project === null ? <ProjectsPage /> : <InProject key={project} project={project} run={run} />}
      <Tooltip />
      <Help />
    </>
  )
}

/** Keeps the runs of a project while the reader goes between its pages. */
function InProject({ project, run }: { project: string; run: string | null }) {
  const [store, setStore] = useState<ProjectStore | null>(null)
  useEffect(() => {
    const opened = new ProjectStore(project, source)
    setStore(opened)
    return () => opened.close()
  }, [project])
  if (!store) return null
  return run === null ? <ProjectPage store={store} /> : <RunPage key={run} store={store} id={run} />
}

render(<App />, document.getElementById('app')!)
