import { useEffect, useMemo } from 'preact/hooks'
import { Icon } from './icons'
import { bindKeys } from './keys'
import { subscribe, throttle } from './live'
import { ago, clock, counted } from './numbers'
import { matcher } from './search'
import { ErrorNote, Header, Search } from './shell'
import { adjust, follow, link, now, source, view } from './state'
import { Resource } from './store'

/** The first page: all projects. */
export function ProjectsPage() {
  const list = useMemo(() => new Resource((signal) => source.projects(signal)), [])
  useEffect(() => {
    document.title = 'Ostraka'
    list.load()
    const reload = throttle(() => list.load(), 500)
    const unsubscribe = subscribe({ projects: reload.call, runs: reload.call })
    const unbind = bindKeys({ '/': focusOn('project-search') })
    return () => {
      unsubscribe()
      unbind()
      reload.cancel()
      list.stop()
    }
  }, [])

  const projects = list.value.value
  const test = matcher(view.value.search)
  const found = projects?.filter((project) => test(project.name)) ?? []
  return (
    <>
      <Header />
      <main class="projects">
        {list.error.value && <ErrorNote message={list.error.value} retry={() => list.load()} />}
        {projects && projects.length > 0 && (
          <>
            <div class="projects-head">
              <h1>Projects</h1>
              <Search id="project-search" label="Search projects" hint="/" value={view.value.search} onInput={(text) => adjust({ search: text })} />
            </div>
            <ul class="cards">
              {found.map((project) => (
                <li key={project.name}>
                  <a class="card" href={link({ project: project.name })} onClick={(event) => follow(event, { project: project.name })}>
                    <span class="card-title">{project.name}</span>
                    <span class="card-facts">
                      {counted(project.runs, 'run')}
                      {project.last_activity && (
                        <>
                          <span class="dot-between">·</span>
                          <time dateTime={project.last_activity} title={clock(Date.parse(project.last_activity))}>
                            {ago(Date.parse(project.last_activity), now.value)}
                          </time>
                        </>
                      )}
                    </span>
                    {project.running > 0 && (
                      <span class="badge badge-running">
                        <span class="badge-dot" />
                        {project.running} running
                      </span>
                    )}
                    <Icon name="arrow" />
                  </a>
                </li>
              ))}
            </ul>
            {!found.length && (
              <div class="empty">
                <h2>No project matches</h2>
                <button class="button" onClick={() => adjust({ search: '' })}>
                  Show all
                </button>
              </div>
            )}
          </>
        )}
        {projects?.length === 0 && <NoRuns project={null} />}
      </main>
    </>
  )
}

/** What stands where no run is yet: the three lines that log one. */
export function NoRuns({ project }: { project: string | null }) {
  return (
    <div class="empty empty-first">
      <h1>No runs yet</h1>
      <p>Log one from Python, and it appears here by itself:</p>
      <pre>
        <code>
          <span class="code-word">import</span> ostraka{'\n'}
          <span class="code-word">with</span> ostraka.init(project=<span class="code-text">{JSON.stringify(project ?? 'my-project')}</span>):{'\n'}
          {'    '}ostraka.log({'{'}
          <span class="code-text">"train/loss"</span>: 0.42{'}'}){'\n'}
        </code>
      </pre>
      <p class="faint">This page looks at the folder or bucket that the viewer was started with. Programs log to <code>./ostraka-runs</code>, or to where <code>OSTRAKA_ROOT</code> says.</p>
    </div>
  )
}

/** Handles a key by giving a search field the focus. */
export function focusOn(id: string): (event: KeyboardEvent) => void {
  return (event) => {
    const field = document.getElementById(id) as HTMLInputElement | null
    if (!field) return
    field.focus()
    field.select()
    event.preventDefault()
  }
}
