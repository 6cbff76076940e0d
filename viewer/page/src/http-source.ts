import { decode } from './bins'
import { SourceError, type Listener, type Source } from './source'

type RunsAnswer = Awaited<ReturnType<Source['runs']>>

/** Asks the viewer's HTTP interface (docs/http.md), which lies beside the page. */
export function httpSource(base: string): Source {
  return {
    server: (signal) => json(base, 'server', [], signal),
    projects: async (signal) => (await json<{ projects: never[] }>(base, 'projects', [], signal)).projects,
    async runs(project, signal) {
      const answer = await ask(base, 'runs', [['project', project]], signal)
      return withDate((await answer.json()) as RunsAnswer, answer.headers.get('Date'))
    },
    metrics: (project, stream, signal) => json(base, 'metrics', [['project', project], ['stream', stream]], signal),
    summary: (project, run, signal) => json(base, 'summary', [['project', project], ['run', run]], signal),
    points: (query, signal) =>
      json(
        base,
        'points',
        [
          ['project', query.project],
          ['run', query.run],
          ['metric', query.metric],
          ['stream', query.stream],
          ['writer', query.writer],
          ['x', query.axis],
          ['from', query.range[0]],
          ['to', query.range[1]],
          ['limit', query.limit],
        ],
        signal,
      ),
    console: (query, signal) =>
      json(
        base,
        'console',
        [
          ['project', query.project],
          ['run', query.run],
          ['writer', query.writer],
          ['after', query.after],
          ['limit', query.limit],
          ['search', query.search || null],
        ],
        signal,
      ),
    async series(query, signal) {
      const answer = await ask(
        base,
        'series',
        [
          ['project', query.project],
          ...query.runs.map((run): Field => ['run', run]),
          ['metric', query.metric],
          ['stream', query.stream],
          ['x', query.axis],
          ['bins', query.bins],
          ['from', query.range ? query.range[0] : null],
          ['to', query.range ? query.range[1] : null],
          ['ranks', query.ranks ? 'each' : 'merge'],
          ['width', query.since ? query.since.width : null],
          ['above', query.since ? query.since.watermark : null],
        ],
        signal,
      )
      return decode(await answer.arrayBuffer())
    },
    follow: (project, listener) => follow(address(base, 'events', [['project', project]]), listener),
  }
}

/** An answer of which the browser kept the body and learned that nothing changed has the time of the header, which is in whole seconds. */
function withDate(answer: RunsAnswer, date: string | null): RunsAnswer {
  const at = Date.parse(date ?? '') + 500
  return Number.isFinite(at) ? { ...answer, now: new Date(at).toISOString() } : answer
}

type Field = readonly [name: string, value: string | number | null]

function address(base: string, path: string, fields: readonly Field[]): string {
  const query = new URLSearchParams()
  for (const [name, value] of fields) if (value !== null) query.append(name, String(value))
  const text = query.toString()
  return base + path + (text && `?${text}`)
}

async function ask(base: string, path: string, fields: readonly Field[], signal: AbortSignal): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(address(base, path, fields), { signal })
  } catch (problem) {
    if (signal.aborted) throw problem
    throw new SourceError('The viewer does not answer; is `ostraka view` still running?', 0)
  }
  if (answer.ok) return answer
  const body = (await answer.json().catch(() => null)) as { error?: string } | null
  throw new SourceError(body?.error ?? `The viewer answered ${answer.status} to ${path}`, answer.status)
}

async function json<T>(base: string, path: string, fields: readonly Field[], signal: AbortSignal): Promise<T> {
  return (await (await ask(base, path, fields, signal)).json()) as T
}

const retryMs = 2000

/** Follows the events of the viewer, connecting again until it is ended. */
function follow(url: string, listener: Listener): () => void {
  let events: EventSource
  let retry: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    events = new EventSource(url)
    events.onopen = () => listener.connected()
    events.onerror = () => {
      listener.lost()
      // The browser tries again by itself while the connection is merely broken, and gives up on an answer that is an error.
      if (events.readyState === EventSource.CLOSED) retry = setTimeout(open, retryMs)
    }
    events.addEventListener('runs', (event) => listener.runs((JSON.parse(event.data as string) as { runs: string[] }).runs))
    events.addEventListener('projects', () => listener.projects())
  }
  open()
  return () => {
    clearTimeout(retry)
    events.close()
  }
}
