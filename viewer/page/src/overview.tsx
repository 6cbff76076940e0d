import { useState } from 'preact/hooks'
import { StateMark } from './icons'
import { historyOf } from './history'
import { MetricTable } from './metric-table'
import { clock, duration, exact } from './numbers'
import { RankTable } from './rank-table'
import { current } from './ranks'
import { matcher } from './search'
import type { Json, Run } from './source'
import type { ProjectStore } from './store'

/** Everything that a run says of itself. */
export function Overview({ run, store }: { run: Run; store: ProjectStore }) {
  const writers = current(run)
  const first = writers[0] ?? run.writers[0]
  // Of several ranks the strip and the list say which one it was.
  const failure = writers.length === 1 ? writers[0]!.failure : null
  return (
    <div class="overview">
      {failure && (
        <div class="note note-error" role="alert">
          <pre>{failure}</pre>
        </div>
      )}
      <section class="box">
        <h2>Run</h2>
        <dl class="facts">
          <Fact name="State">
            <StateMark state={run.state} /> {run.state}
          </Fact>
          {run.started_at && <Fact name="Started">{clock(Date.parse(run.started_at))}</Fact>}
          {run.finished_at && <Fact name="Ended">{clock(Date.parse(run.finished_at))}</Fact>}
          {run.started_at && run.finished_at && (
            <Fact name="Took">{duration(Math.max(0, Date.parse(run.finished_at) - Date.parse(run.started_at)))}</Fact>
          )}
          <Fact name="Id">
            <code>{run.run}</code>
          </Fact>
          {historyOf(run, store).map(({ name, value }) => (
            <Fact key={name} name={name}>
              {value}
            </Fact>
          ))}
          {run.group && <Fact name="Group">{run.group}</Fact>}
          {run.job_type && <Fact name="Job type">{run.job_type}</Fact>}
          {run.tags.length > 0 && (
            <Fact name="Tags">
              {run.tags.map((tag) => (
                <span class="tag" key={tag}>
                  {tag}
                </span>
              ))}
            </Fact>
          )}
          {run.notes && (
            <Fact name="Notes">
              <span class="prose">{run.notes}</span>
            </Fact>
          )}
          {first?.host && <Fact name="Host">{first.host}</Fact>}
          {first?.command && first.command.length > 0 && (
            <Fact name="Command">
              <code class="wrap">{first.command.join(' ')}</code>
            </Fact>
          )}
          {first?.git && <Git git={first.git} />}
          {first?.client && <Fact name="Client">{flat(first.client).map(([, value]) => value).join(' ')}</Fact>}
        </dl>
      </section>
      <Table title="Summary" rows={flat(run.summary)} none="Nothing was put into the summary." />
      <Table title="Config" rows={flat(run.config)} none="No config was given." />
      <MetricTable project={store.name} run={run.run} />
      <section class="box box-wide">
        <h2>
          Processes <span class="section-count">{run.writers.length}</span>
        </h2>
        <RankTable run={run} />
      </section>
    </div>
  )
}

function Fact({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function Git({ git }: { git: { [key: string]: Json } }) {
  const text = (key: string) => (typeof git[key] === 'string' ? git[key] : null)
  if (!text('commit')) return null
  return (
    <Fact name="Git">
      <code>{text('commit')!.slice(0, 10)}</code>
      {text('branch') && <> on {text('branch')}</>}
      {git.dirty === true && <span class="tag">uncommitted changes</span>}
      {text('remote') && <div class="faint wrap">{text('remote')}</div>}
    </Fact>
  )
}

/** Names and values, with a search once there are many. */
function Table({ title, rows, none }: { title: string; rows: [string, string][]; none: string }) {
  const [search, setSearch] = useState('')
  const test = matcher(search)
  return (
    <section class="box">
      <h2>
        {title}
        {rows.length > 0 && <span class="section-count">{rows.length}</span>}
        {rows.length > 12 && (
          <input class="box-search" type="search" aria-label={`Search ${title}`} placeholder="Search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        )}
      </h2>
      {!rows.length && <p class="faint">{none}</p>}
      <dl class="facts facts-values">
        {rows
          .filter(([name]) => test(name))
          .map(([name, value]) => (
            <Fact key={name} name={name}>
              <code class="wrap">{value}</code>
            </Fact>
          ))}
      </dl>
    </section>
  )
}

/** Nested values by their path, as text that reads back. */
function flat(value: Json, path = ''): [string, string][] {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => flat(inner, path ? `${path}.${key}` : key))
  }
  return [[path, typeof value === 'string' ? value : typeof value === 'number' ? exact(value) : JSON.stringify(value)]]
}
