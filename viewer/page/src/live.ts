import { effect, signal } from '@preact/signals'
import { source, view, visible } from './state'

/** Events of the source while the page is visible. A hidden page has no connection and asks for nothing; shown again, it catches up. */

export type Connection = 'connecting' | 'live' | 'lost'

export const connection = signal<Connection>('connecting')

export interface Subscriber {
  /** These runs changed; null: anything may have. */
  runs?(runs: readonly string[] | null): void
  projects?(): void
}

const subscribers = new Set<Subscriber>()

/** Tells a subscriber of every change until the returned function is called. */
export function subscribe(subscriber: Subscriber): () => void {
  subscribers.add(subscriber)
  return () => subscribers.delete(subscriber)
}

const project = signal(view.peek().project)
effect(() => {
  project.value = view.value.project
})

effect(() => {
  if (!visible.value) return
  connection.value = 'connecting'
  return source.follow(project.value, {
    connected() {
      connection.value = 'live'
      refreshAll()
    },
    lost() {
      connection.value = 'lost'
    },
    runs: (runs) => tell((subscriber) => subscriber.runs?.(runs)),
    projects: () => tell((subscriber) => subscriber.projects?.()),
  })
})

/** Has everything on the screen asked for again. */
export function refreshAll(): void {
  tell((subscriber) => {
    subscriber.runs?.(null)
    subscriber.projects?.()
  })
}

function tell(message: (subscriber: Subscriber) => void): void {
  for (const subscriber of [...subscribers]) message(subscriber)
}

/**
 * Runs a task at once, and again at most every so many milliseconds if it is called meanwhile.
 *
 * @param everyMs so many, or what tells how many it is now
 */
export function throttle(task: () => void, everyMs: number | (() => number)): { call(): void; cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let again = false
  const call = () => {
    if (timer !== undefined) {
      again = true
      return
    }
    task()
    timer = setTimeout(() => {
      timer = undefined
      if (again) {
        again = false
        call()
      }
    }, typeof everyMs === 'number' ? everyMs : everyMs())
  }
  return {
    call,
    cancel() {
      clearTimeout(timer)
      timer = undefined
      again = false
    },
  }
}
