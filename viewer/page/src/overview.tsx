import { useState } from 'preact/hooks'
import { StateMark } from './icons'
import { ago, clock, counted, duration, exact, grouped } from './numbers'
import { matcher } from './search'
import type { Json, Run, Writer } from './source'
import { now } from './state'

/** Everything that a run says of itself. */
export function Overview({ run }: { run: Run }) {
  const first = run.writers.find((writer) => writer.rank === 0) ?? run.writers[0]
  const failure = run.writers.find((writer) => writer.failure)?.failure
  return (
    <div class="overview">
      {failure && (
        <div class="note note-error" role="alert">
          <pre>{failure}</pre>
        </div>
      )}
      {run.dropped > 0 && (
        <div class="note note-problems">
          <p>{counted(run.dropped, 'point')} could not be taken in: the spool or its disk was full.</p>
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
      <section class="box box-wide">
        <h2>
          Writers <span class="section-count">{run.writers.length}</span>
        </h2>
        <Writers writers={run.writers} />
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

function Writers({ writers }: { writers: readonly Writer[] }) {
  const sorted = [...writers].sort((a, b) => a.rank - b.rank || (a.started_at ?? '').localeCompare(b.started_at ?? ''))
  return (
    <div class="scroll">
      <table class="table">
        <thead>
          <tr>
            <th>Rank</th>
            <th>State</th>
            <th>Host</th>
            <th>Process</th>
            <th>Heartbeat</th>
            <th class="number">Rows</th>
            <th class="number">Dropped</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((writer) => (
            <tr key={writer.writer} title={writer.writer}>
              <td>
                {writer.rank} <span class="faint">of {writer.world_size}</span>
              </td>
              <td>
                <span class="with-mark">
                  <StateMark state={writer.state} /> {writer.state}
                </span>
              </td>
              <td>{writer.host}</td>
              <td>{writer.process_id}</td>
              <td>{writer.heartbeat_at && <span title={clock(Date.parse(writer.heartbeat_at))}>{ago(Date.parse(writer.heartbeat_at), now.value)}</span>}</td>
              <td class="number">{grouped(Object.values(writer.rows ?? {}).reduce((sum, rows) => sum + rows, 0))}</td>
              <td class="number">{grouped(writer.dropped)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
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
