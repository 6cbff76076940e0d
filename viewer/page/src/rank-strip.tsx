import { useRef, useState } from 'preact/hooks'
import { StateMark, stateMarks } from './icons'
import { ago, clock, duration } from './numbers'
import { counts, current, heat, rankSpans, since } from './ranks'
import type { Run, Writer } from './source'
import { go, now, view } from './state'

/** As many ranks have a cell of their own; a job with more is told by its counts and its list. */
const cellLimit = 1024

/** How every rank of a run is doing, at a glance: a cell each, and in words what is wrong with whom and since when. */
export function RankStrip({ run }: { run: Run }) {
  const writers = current(run)
  const [chosen, setChosen] = useState(0)
  const cells = useRef<HTMLDivElement>(null)
  if (writers.length < 2) return null

  const shown = writers.slice(0, cellLimit)
  const at = Math.min(chosen, shown.length - 1)
  const move = (to: number) => {
    const next = Math.min(Math.max(to, 0), shown.length - 1)
    setChosen(next)
    ;(cells.current?.children[next] as HTMLElement | undefined)?.focus()
  }
  const moves: Record<string, number> = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }
  return (
    <section class="ranks" aria-label="Ranks">
      <div
        class={`rank-cells ${shown.length > 128 ? 'rank-cells-small' : shown.length > 32 ? 'rank-cells-many' : ''}`}
        ref={cells}
        role="toolbar"
        aria-label={`${writers.length} ranks; arrow keys go from one to the next`}
        onKeyDown={(event) => {
          const to = moves[event.key]
          if (to === undefined) return
          move(to)
          event.preventDefault()
        }}
      >
        {shown.map((writer, n) => (
          <RankCell key={writer.writer} writer={writer} tabIndex={n === at ? 0 : -1} onFocus={() => setChosen(n)} />
        ))}
      </div>
      <ul class="rank-words">
        {counts(writers).map(([state, count]) => {
          const those = writers.filter((writer) => writer.state === state)
          return (
            <li key={state}>
              <StateMark state={state} />
              <b class={`state-text-${state}`}>
                {count} {state}
              </b>
              {state !== 'running' && state !== 'finished' && <Concern writers={those} />}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function RankCell({ writer, tabIndex, onFocus }: { writer: Writer; tabIndex: number; onFocus: () => void }) {
  const label = told(writer, now.value)
  const warm = heat(writer, now.value)
  return (
    <button
      class={`rank-cell rank-cell-${writer.state}`}
      // In steps, so that a cell is not painted anew every second.
      style={warm > 0.4 ? { '--heat': `${Math.round(warm * 10) * 10}%` } : undefined}
      tabIndex={tabIndex}
      title={label}
      aria-label={label}
      onFocus={onFocus}
      onClick={() => {
        if (view.value.tab !== 'overview') go({ tab: 'overview' })
        const found = () => document.getElementById(`writer-${writer.writer}`)
        requestAnimationFrame(() => requestAnimationFrame(() => found()?.scrollIntoView({ block: 'center' })))
      }}
    >
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d={stateMarks[writer.state]} />
      </svg>
    </button>
  )
}

/** Which ranks it is, when it happened last, and why. */
function Concern({ writers }: { writers: readonly Writer[] }) {
  const latest = writers.reduce((a, b) => ((since(b) ?? 0) > (since(a) ?? 0) ? b : a))
  const ranks = rankSpans(writers.map((writer) => writer.rank))
  const time = since(latest)
  const failure = latest.failure?.split('\n').at(-1)
  return (
    <span class="rank-concern">
      {writers.length === 1 ? 'rank' : 'ranks'} {ranks}
      {time !== null && (
        <>
          <span class="dot-between">·</span>
          <time dateTime={new Date(time).toISOString()} title={clock(time)}>
            {writers.length > 1 && 'last '}
            {ago(time, now.value)}, {clock(time).slice(11)}
          </time>
        </>
      )}
      {failure && (
        <>
          <span class="dot-between">·</span>
          <span title={latest.failure!}>{failure}</span>
        </>
      )}
    </span>
  )
}

/** Everything of a rank in a line. */
export function told(writer: Writer, nowMs: number): string {
  const time = since(writer)
  const name = `rank ${writer.rank} of ${writer.world_size}`
  const on = writer.host ? ` on ${writer.host}` : ''
  if (time === null) return `${name}${on}: ${writer.state}`
  if (writer.state === 'running') return `${name}${on}: running, heard of ${duration(Math.max(0, Math.floor((nowMs - time) / 1000) * 1000))} ago`
  const verb = { stalled: 'stalled, noticed', failed: 'failed', crashed: 'crashed, last heard of', finished: 'finished' }[writer.state]
  return `${name}${on}: ${verb} ${clock(time)} (${ago(time, nowMs)})${writer.failure ? `: ${writer.failure}` : ''}`
}
