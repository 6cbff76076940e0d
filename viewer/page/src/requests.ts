import type { Requests } from './source'

/** How many requests there had been at a moment. */
export interface Sample {
  /** In milliseconds since the epoch, by the viewer's clock. */
  readonly at: number
  readonly requests: Requests
}

/** List prices of AWS S3 Standard in us-east-1, in dollars for each request; other stores ask less, or nothing. */
const writePrice = 0.005 / 1000
const readPrice = 0.0004 / 1000

const secondsPerDay = 86_400

/** A rate over less than this is chance. */
const leastMs = 30_000

/** Requests a second over some samples, the oldest first; null while there is too little to tell. */
export function perSecond(samples: readonly Sample[]): number | null {
  return rate(samples, ({ list, get, put, head, delete: deleted }) => list + get + put + head + deleted)
}

/** What requests cost in a day if they go on as in some samples, in dollars; null while there is too little to tell. */
export function dailyCost(samples: readonly Sample[]): number | null {
  const cost = rate(samples, ({ list, get, put, head }) => (list + put) * writePrice + (get + head) * readPrice)
  return cost === null ? null : cost * secondsPerDay
}

function rate(samples: readonly Sample[], amount: (requests: Requests) => number): number | null {
  const first = samples[0]
  const last = samples[samples.length - 1]
  if (!first || !last || last.at - first.at < leastMs) return null
  return (amount(last.requests) - amount(first.requests)) / ((last.at - first.at) / 1000)
}
