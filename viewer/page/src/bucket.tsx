import { computed, effect, signal } from '@preact/signals'
import { Icon } from './icons'
import { refreshAll } from './live'
import { bytes, grouped } from './numbers'
import type { Requests, Server } from './source'
import { source, visible } from './state'
import { dailyCost, perSecond, type Sample } from './requests'

/** What a reader of a bucket wants to know: how many requests that makes, and whether the bucket answers. Of a folder there is nothing. */

const server = signal<Server | null>(null)
/** Whether the root is one. */
export const isBucket = computed(() => Boolean(server.value?.requests))

const samples = signal<readonly Sample[]>([])

/** It is asked of the viewer, which costs nothing. */
const everyMs = 5000
const keptMs = 5 * 60_000

effect(() => {
  if (!visible.value) return
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const ask = () => {
    source.server(controller.signal).then(
      (answer) => {
        take(answer)
        if (answer.requests) timer = setTimeout(ask, everyMs)
      },
      () => {
        // The connection's own sign says that the viewer is gone.
        if (!controller.signal.aborted) timer = setTimeout(ask, everyMs)
      },
    )
  }
  ask()
  return () => {
    controller.abort()
    clearTimeout(timer)
  }
})

function take(answer: Server): void {
  const wasAway = server.peek()?.trouble !== undefined
  server.value = answer
  if (answer.requests) {
    const at = Date.parse(answer.now)
    samples.value = [...samples.peek().filter((sample) => at - sample.at <= keptMs), { at, requests: answer.requests }]
  }
  // What failed meanwhile is asked for again.
  if (wasAway && answer.trouble === undefined) refreshAll()
}

/** How many requests the viewer has made of a bucket. */
export function RequestCount() {
  const made = server.value?.requests
  if (!made) return null
  const total = made.list + made.get + made.put + made.head + made.delete
  return (
    <span class="requests" title={details(made)} tabIndex={0} aria-label={details(made)}>
      <Icon name="bucket" />
      {grouped(total)}
      <span class="requests-word"> {total === 1 ? 'request' : 'requests'}</span>
    </span>
  )
}

function details(made: Requests): string {
  const kinds: [number, string][] = [
    [made.list, 'LIST'],
    [made.get, 'GET'],
    [made.head, 'HEAD'],
    [made.put, 'PUT'],
    [made.delete, 'DELETE'],
  ]
  const parts = kinds.filter(([count]) => count > 0).map(([count, kind]) => `${grouped(count)} ${kind}`)
  const lines = [
    `This viewer has asked ${server.value!.root} by ${parts.join(', ') || 'no request'} since it started, and fetched ${bytes(made.received_bytes)}.`,
  ]
  const rate = perSecond(samples.value)
  const cost = dailyCost(samples.value)
  if (rate !== null && cost !== null) {
    lines.push(`Lately ${rate.toFixed(rate < 0.1 ? 2 : 1)} a second: about $${cost.toFixed(2)} a day at the list price of AWS S3, and nothing while no page is open.`)
  }
  return lines.join('\n')
}

/** One line while the bucket does not answer. */
export function BucketTrouble() {
  const trouble = server.value?.trouble
  if (trouble === undefined) return null
  return (
    <div class="note note-warning note-away" role="status">
      <Icon name="warning" />
      <p>
        <b>The bucket does not answer;</b> what is shown is from before, and goes on by itself when it does. {trouble}
      </p>
    </div>
  )
}
