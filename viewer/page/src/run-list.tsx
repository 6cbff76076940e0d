import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon, StateMark } from './icons'
import { bindKeys } from './keys'
import { ago, clock, duration } from './numbers'
import { focusOn } from './projects'
import { counts, current } from './ranks'
import { Search } from './shell'
import type { Run } from './source'
import { adjust, follow, go, link, now, view } from './state'
import { runName, type ProjectStore } from './store'
import { everyRun, noView } from './address'
import { Swatch } from './tooltip'

/** The style sheet gives rows this height. */
const rowHeight = 54

/** The runs of a project beside its charts. Only rows in view are made, so a thousand runs cost as much as twenty. */
export function RunList({ store }: { store: ProjectStore }) {
  const scroller = useRef<HTMLDivElement>(null)
  const [scroll, setScroll] = useState({ top: 0, height: 800 })
  const runs = store.found.value
  const all = store.runs.value ?? []

  useEffect(() => {
    const element = scroller.current!
    const measure = () => setScroll({ top: element.scrollTop, height: element.clientHeight })
    const sized = new ResizeObserver(measure)
    sized.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      sized.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [])

  useEffect(() => {
    const move = (by: number) => () => {
      const list = store.found.value
      const at = list.findIndex((run) => run.run === store.current.value)
      const next = Math.min(Math.max(at + by, 0), list.length - 1)
      store.current.value = list[next]?.run ?? null
      const element = scroller.current
      if (!element) return
      const top = next * rowHeight
      if (top < element.scrollTop) element.scrollTop = top
      else if (top + rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = top + rowHeight - element.clientHeight
    }
    const current = () => store.found.value.find((run) => run.run === store.current.value)
    return bindKeys({
      j: move(1),
      k: move(-1),
      x: () => {
        const run = current()
        if (run) toggle(store, run)
      },
      Enter: () => {
        const run = current()
        if (run) go({ ...noView, project: store.name, run: run.run })
      },
      f: focusOn('run-search'),
    })
  }, [store])

  const first = Math.max(0, Math.floor(scroll.top / rowHeight) - 4)
  const last = Math.min(runs.length, Math.ceil((scroll.top + scroll.height) / rowHeight) + 4)
  const charted = new Set(store.charted.value.map((run) => run.run))
  const running = all.filter((run) => run.state === 'running').length
  return (
    <aside class="sidebar" aria-label="Runs">
      <div class="sidebar-head">
        <h2>
          Runs <span class="section-count">{all.length}</span>
          {running > 0 && (
            <span class="badge badge-running">
              <span class="badge-dot" />
              {running} running
            </span>
          )}
        </h2>
        <button
          class="button-icon"
          aria-label={charted.size ? 'Hide all runs' : 'Show all runs'}
          title={charted.size ? 'Hide all' : 'Show all'}
          onClick={() => adjust(charted.size ? { hidden: [everyRun], shown: [] } : { hidden: [], shown: [everyRun] })}
        >
          <Icon name={charted.size ? 'eye' : 'eyeOff'} />
        </button>
      </div>
      <Search id="run-search" label="Search runs" hint="f" value={view.value.search} onInput={(text) => adjust({ search: text })} />
      <div class="runs" ref={scroller} onMouseLeave={() => (store.current.value = null)}>
        <ul class="runs-sizer" style={{ height: `${runs.length * rowHeight}px` }}>
          {runs.slice(first, last).map((run, n) => (
            <RunRow key={run.run} run={run} store={store} charted={charted.has(run.run)} top={(first + n) * rowHeight} />
          ))}
        </ul>
        {!runs.length && all.length > 0 && <p class="runs-none">No run matches</p>}
      </div>
    </aside>
  )
}

function RunRow({ run, store, charted, top }: { run: Run; store: ProjectStore; charted: boolean; top: number }) {
  const stroke = store.strokes.value.get(run.run)
  const target = { project: store.name, run: run.run }
  const current = store.current.value === run.run
  return (
    <li
      class={`run ${current ? 'run-current' : ''} ${charted ? '' : 'run-hidden'}`}
      style={{ transform: `translateY(${top}px)` }}
      onMouseEnter={() => (store.current.value = run.run)}
    >
      <button
        class="button-icon run-eye"
        aria-pressed={charted}
        aria-label={`Show ${runName(run)} in the charts`}
        title={charted ? 'Hide (x); Alt + click: only this' : 'Show (x); Alt + click: only this'}
        onClick={(event) => (event.altKey ? only(store, run) : toggle(store, run))}
      >
        {charted && stroke ? <Swatch stroke={stroke} /> : <Icon name="eyeOff" />}
      </button>
      <a class="run-link" href={link(target)} onClick={(event) => follow(event, target)} title={run.run}>
        <span class="run-name">{runName(run)}</span>
        <span class="run-facts">
          <RunTimes run={run} />
          {run.group && <span class="tag">{run.group}</span>}
          {run.tags.slice(0, 3).map((tag) => (
            <span class="tag" key={tag}>
              {tag}
            </span>
          ))}
        </span>
      </a>
      <RankTrouble run={run} />
      <StateMark state={run.state} />
    </li>
  )
}

/** How many ranks of a run are in trouble, whatever the state of the whole. */
function RankTrouble({ run }: { run: Run }) {
  const writers = current(run)
  const [state, count] = counts(writers)[0] ?? ['finished', 0]
  if (writers.length < 2 || state === run.state || state === 'running' || state === 'finished') return null
  return (
    <span class={`run-trouble state-text-${state}`} title={`${count} of ${writers.length} ranks ${state}`}>
      {count}
      <StateMark state={state} />
    </span>
  )
}

/** When a run started and how long it took or has been taking. */
export function RunTimes({ run }: { run: Run }) {
  if (!run.started_at) return null
  const started = Date.parse(run.started_at)
  const alive = run.state === 'running' || run.state === 'stalled'
  const ended = run.finished_at ?? run.heartbeat_at
  const end = alive ? now.value : ended === null ? null : Date.parse(ended)
  return (
    <span class="times">
      <time dateTime={run.started_at} title={clock(started)}>
        {ago(started, now.value)}
      </time>
      {end !== null && (
        <>
          <span class="dot-between">·</span>
          {duration(Math.max(1000, Math.floor((end - started) / 1000) * 1000))}
        </>
      )}
    </span>
  )
}

/** Shows or hides a run in the charts. */
function toggle(store: ProjectStore, run: Run): void {
  const { hidden, shown } = view.value
  const without = (list: readonly string[]) => list.filter((one) => one !== run.run)
  const charted = store.charted.value.some((one) => one.run === run.run)
  if (!charted) adjust({ hidden: without(hidden), shown: [...without(shown), run.run] })
  else adjust({ hidden: hidden.includes(everyRun) ? hidden : [...without(hidden), run.run], shown: without(shown) })
}

/** Shows one run alone, or all again if it is alone already. */
function only(store: ProjectStore, run: Run): void {
  const charted = store.charted.value
  if (charted.length === 1 && charted[0]!.run === run.run) adjust({ hidden: [], shown: [] })
  else adjust({ hidden: [everyRun], shown: [run.run] })
}
