import { clock, ago, grouped } from './numbers'
import { resumes } from './ranks'
import type { Run } from './source'
import { follow, link, now } from './state'
import { runName, type ProjectStore } from './store'

/** Where a run came from, in its head: the run that it was forked from, the step that it was resumed at. */
export function Origin({ run, store }: { run: Run; store: ProjectStore }) {
  const last = resumes(run)[0]
  return (
    <>
      {run.fork_run !== null && (
        <span class="origin">
          forked from <RunLink id={run.fork_run} store={store} />
          {run.fork_step !== null && ` at step ${grouped(run.fork_step)}`}
        </span>
      )}
      {last && <span class="origin">{last.resume_step === null ? 'resumed' : `resumed at step ${grouped(last.resume_step)}`}</span>}
    </>
  )
}

/** The same told in full, and what became of it: the facts of the overview. */
export function historyOf(run: Run, store: ProjectStore): { name: string; value: preact.ComponentChildren }[] {
  const facts: { name: string; value: preact.ComponentChildren }[] = []
  if (run.fork_run !== null) {
    facts.push({
      name: 'Forked from',
      value: (
        <>
          <RunLink id={run.fork_run} store={store} />
          {run.fork_step !== null && ` at step ${grouped(run.fork_step)}`}
        </>
      ),
    })
  }
  const sessions = bySession(run)
  if (sessions.length) {
    facts.push({
      name: 'Resumed',
      value: (
        <ul>
          {sessions.map(({ step, startedMs, ranks, host }) => (
            <li key={`${step} ${startedMs}`} title={startedMs === null ? undefined : clock(startedMs)}>
              {step === null ? 'without a step' : `at step ${grouped(step)}`}
              {ranks > 1 && ` by ${ranks} ranks`}
              {host && ` on ${host}`}
              {startedMs !== null && <span class="faint"> · {ago(startedMs, now.value)}</span>}
            </li>
          ))}
        </ul>
      ),
    })
  }
  const children = (store.runs.value ?? []).filter((one) => one.fork_run === run.run && one.run !== run.run)
  if (children.length) {
    facts.push({
      name: 'Forks',
      value: (
        <ul>
          {children.map((child) => (
            <li key={child.run}>
              <RunLink id={child.run} store={store} />
              {child.fork_step !== null && ` at step ${grouped(child.fork_step)}`}
            </li>
          ))}
        </ul>
      ),
    })
  }
  return facts
}

interface Session {
  readonly step: number | null
  readonly startedMs: number | null
  readonly host: string | null
  ranks: number
}

/** Ranks that resumed at one step within a minute of each other are one resume. */
function bySession(run: Run): Session[] {
  const sessions: Session[] = []
  for (const writer of resumes(run)) {
    const startedMs = writer.started_at === null ? null : Date.parse(writer.started_at)
    const same = sessions.find((one) => one.step === writer.resume_step && Math.abs((one.startedMs ?? 0) - (startedMs ?? 0)) < 60_000)
    if (same) same.ranks++
    else sessions.push({ step: writer.resume_step, startedMs, host: writer.host, ranks: 1 })
  }
  return sessions
}

/** A run by name, if it is there. */
function RunLink({ id, store }: { id: string; store: ProjectStore }) {
  const run = store.runs.value?.find((one) => one.run === id)
  if (!run) {
    return (
      <>
        <code>{id}</code>, <span class="faint">which is not there any more</span>
      </>
    )
  }
  const target = { project: store.name, run: id }
  return (
    <a class="link" href={link(target)} onClick={(event) => follow(event, target)} title={id}>
      {runName(run)}
    </a>
  )
}
