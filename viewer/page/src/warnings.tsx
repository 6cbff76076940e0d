import { isBucket } from './bucket'
import { Icon } from './icons'
import { counted, duration } from './numbers'
import { current, overdue, rankSpans } from './ranks'
import type { Run } from './source'
import { follow, link, now } from './state'
import { runName } from './store'

/** What a reader should know of a run before believing its charts: points that were lost, and silence. */
export function RunWarnings({ run }: { run: Run }) {
  const losers = run.writers.filter((writer) => writer.dropped > 0)
  const silent = overdue(run, now.value, isBucket.value)
  return (
    <>
      {losers.length > 0 && (
        <Warning>
          <b>{counted(run.dropped, 'point')} dropped.</b> The spool or its disk was full, and the program did not wait
          {current(run).length > 1 && ` (${losers.length === 1 ? 'rank' : 'ranks'} ${rankSpans(losers.map((writer) => writer.rank))})`}. What was
          taken in is whole.
        </Warning>
      )}
      {silent.length > 0 && (
        <Warning>
          <b>Not published for {age(silent[0]!.heartbeat_at!)}.</b>{' '}
          {current(run).length > 1 && `${silent.length === 1 ? 'Rank' : 'Ranks'} ${rankSpans(silent.map((writer) => writer.rank))}: `}
          something is to be heard every {duration(1000 * silent[0]!.heartbeat_seconds)}. The agent may be gone, or the store out of reach; what
          was logged waits in the spool (<code>ostraka status</code>).
        </Warning>
      )}
    </>
  )
}

/** The same of the runs of a project, a line for each kind. */
export function ProjectWarnings({ project, runs }: { project: string; runs: readonly Run[] }) {
  const losers = runs.filter((run) => run.dropped > 0)
  const silent = runs.filter((run) => run.state === 'running' && overdue(run, now.value, isBucket.value).length > 0)
  return (
    <>
      {losers.length > 0 && (
        <Warning>
          <b>{counted(losers.reduce((sum, run) => sum + run.dropped, 0), 'point')} dropped</b> by <Runs project={project} runs={losers} />: the spool or
          its disk was full.
        </Warning>
      )}
      {silent.length > 0 && (
        <Warning>
          <b>Not published for {age(overdue(silent[0]!, now.value, isBucket.value)[0]!.heartbeat_at!)}</b> by <Runs project={project} runs={silent} />.
        </Warning>
      )}
    </>
  )
}

const named = 3

function Runs({ project, runs }: { project: string; runs: readonly Run[] }) {
  return (
    <>
      {runs.slice(0, named).map((run, n) => {
        const target = { project, run: run.run }
        return (
          <>
            {n > 0 && ', '}
            <a key={run.run} class="link" href={link(target)} onClick={(event) => follow(event, target)}>
              {runName(run)}
            </a>
          </>
        )
      })}
      {runs.length > named && ` and ${counted(runs.length - named, 'more run')}`}
    </>
  )
}

function Warning({ children }: { children: preact.ComponentChildren }) {
  return (
    <div class="note note-warning" role="status">
      <Icon name="warning" />
      <p>{children}</p>
    </div>
  )
}

function age(time: string): string {
  return duration(Math.max(0, Math.floor((now.value - Date.parse(time)) / 1000) * 1000))
}
