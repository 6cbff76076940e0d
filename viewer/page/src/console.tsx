import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { parseAnsi } from './ansi'
import { subscribe, throttle } from './live'
import { clock } from './numbers'
import { ErrorNote, Search } from './shell'
import type { ConsoleLine, Run } from './source'
import { source } from './state'
import { Resource } from './store'

/** As many of the newest lines are shown. */
const lineLimit = 2000
const updateMs = 500

/** What a run printed: newest at the end, which is followed while the reader stands at it. */
export function ConsoleView({ project, run }: { project: string; run: Run }) {
  const [writer, setWriter] = useState<string | null>(null)
  const [search, setSearch] = useState('')
  const [following, setFollowing] = useState(true)
  const scroller = useRef<HTMLDivElement>(null)
  const lines = useMemo(
    () => new Resource((signal) => source.console({ project, run: run.run, writer, after: null, limit: lineLimit, search }, signal)),
    [project, run.run, writer, search],
  )

  useEffect(() => {
    lines.load()
    const update = throttle(() => lines.load(), updateMs)
    const unsubscribe = subscribe({
      runs(named) {
        if (!named || named.includes(run.run)) update.call()
      },
    })
    return () => {
      unsubscribe()
      update.cancel()
      lines.stop()
    }
  }, [lines])

  const answer = lines.value.value
  useLayoutEffect(() => {
    const element = scroller.current
    if (element && following) element.scrollTop = element.scrollHeight
  }, [answer, following])

  const several = run.writers.length > 1
  return (
    <div class="console">
      <div class="bar">
        <Search id="console-search" label="Search the console" hint="/" value={search} onInput={setSearch} />
        {several && (
          <select aria-label="Rank" value={writer ?? ''} onChange={(event) => setWriter(event.currentTarget.value || null)}>
            <option value="">All ranks</option>
            {[...run.writers]
              .sort((a, b) => a.rank - b.rank)
              .map((one) => (
                <option key={one.writer} value={one.writer}>
                  Rank {one.rank}
                </option>
              ))}
          </select>
        )}
        <button class="toggle" aria-pressed={following} title="Stay at the newest line" onClick={() => setFollowing(!following)}>
          Follow
        </button>
        {answer?.more && <span class="faint">the newest {lineLimit} lines</span>}
      </div>
      {lines.error.value && <ErrorNote message={lines.error.value} retry={() => lines.load()} />}
      {answer && !answer.lines.length && (
        <div class="empty">
          <h2>{search ? 'No line matches' : 'Nothing was printed'}</h2>
          {!search && <p>What the program writes to its output appears here.</p>}
        </div>
      )}
      {answer && answer.lines.length > 0 && (
        <div
          class="console-lines"
          ref={scroller}
          tabIndex={0}
          role="log"
          aria-label="Console"
          onWheel={(event) => {
            if (event.deltaY < 0) setFollowing(false)
          }}
        >
          {answer.lines.map((line) => (
            <Row key={`${line.writer} ${line.row}`} line={line} ranks={several} />
          ))}
        </div>
      )}
    </div>
  )
}

function Row({ line, ranks }: { line: ConsoleLine; ranks: boolean }) {
  return useMemo(
    () => (
      <div class={`console-line ${line.source === 'stderr' ? 'console-error' : ''}`}>
        <span class="console-time" title={clock(Date.parse(line.time), true)}>
          {clock(Date.parse(line.time)).slice(11)}
        </span>
        {ranks && <span class="console-rank">{line.rank}</span>}
        <span class="console-text">
          {parseAnsi(line.line).map((stretch, n) => (
            <span key={n} class={stretch.look || undefined}>
              {stretch.text}
            </span>
          ))}
        </span>
      </div>
    ),
    [line.writer, line.row, line.line],
  )
}
