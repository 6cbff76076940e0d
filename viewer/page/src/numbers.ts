/** Numbers and times as text. Values are written in full, as the shortest text that reads back the same; only axes round. */

/** The shortest text that reads back as the same double. */
export function exact(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** The shortest text that reads back as the same 32-bit float: 0.1, not 0.10000000149011612. */
export function exactFloat32(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return exact(value)
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits))
    if (Math.fround(text) === value) return exact(text)
  }
  return exact(Number(value.toPrecision(9)))
}

const prefixes: [number, string][] = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'µ'],
  [1e-9, 'n'],
]

/**
 * Labels for the ticks of an axis: one SI prefix for all of them, and as many decimals as tell them apart. Numbers between 0.001 and 1 are
 * written out, as 0.25 reads better than 250 m.
 *
 * @param increment the distance between neighbouring ticks
 */
export function axisLabels(ticks: readonly number[], increment: number): string[] {
  const greatest = ticks.reduce((most, tick) => Math.max(most, Math.abs(tick)), 0)
  if (greatest >= 1e18 || (greatest > 0 && greatest < 1e-9)) return ticks.map((tick) => (tick === 0 ? '0' : tick.toExponential(1)))
  const small = greatest >= 1e-3 && greatest < 1
  const [unit, prefix] = small || greatest === 0 ? [1, ''] as const : prefixes.find(([size]) => greatest >= size) ?? [1, '']
  const step = Math.abs(increment) / unit
  const decimals = step > 0 ? Math.min(12, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9))) : 0
  const exactDecimals = isMultiple(step, 10 ** -decimals) ? decimals : decimals + 1
  return ticks.map((tick) => (tick === 0 ? '0' : minus((tick / unit).toFixed(exactDecimals)) + prefix))
}

/** The label of one tick of a logarithmic axis; empty for ticks other than 1, 2 and 5 of a decade. */
export function logLabel(tick: number): string {
  const size = Math.abs(tick)
  const digit = size / 10 ** Math.floor(Math.log10(size) + 1e-9)
  if (![1, 2, 5].some((round) => Math.abs(digit - round) < 1e-6)) return ''
  if (size >= 1e18 || size < 1e-3) return minus(Number(tick.toPrecision(1)).toExponential().replace('e+', 'e'))
  const [unit, prefix] = size < 1 ? ([1, ''] as const) : prefixes.find(([least]) => size >= least)!
  return minus(String(Number((tick / unit).toPrecision(6)))) + prefix
}

function isMultiple(value: number, unit: number): boolean {
  const ratio = value / unit
  return Math.abs(ratio - Math.round(ratio)) < 1e-6
}

function minus(text: string): string {
  return text.replace(/^-/, '−')
}

/** A count with its thousands parted: 12,345. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

/** A count and its noun: 1 run, 2 runs. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** A number of bytes in the greatest unit that fits: 512 B, 1.5 MB. */
export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const power = Math.min(Math.floor(Math.log10(Math.max(1, count)) / 3), units.length - 1)
  const amount = count / 1000 ** power
  return `${power === 0 ? amount : amount.toPrecision(amount < 100 ? 2 : 3)} ${units[power]}`
}

/** A span of time in its two greatest units: 2 d 3 h, 4 min 5 s, 1.2 s, 350 ms. */
export function duration(ms: number): string {
  if (ms < 0) return '−' + duration(-ms)
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 10_000) return `${Number((ms / 1000).toFixed(1))} s`
  const seconds = Math.round(ms / 1000)
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([amount]) => amount > 0)
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ')
}

/** How long ago a time was, in its greatest unit: just now, 12 s ago, 3 h ago, then the date. */
export function ago(timeMs: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - timeMs) / 1000)
  if (seconds < 2) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  if (seconds < 14 * 86_400) return counted(Math.floor(seconds / 86_400), 'day') + ' ago'
  return new Date(timeMs).toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' })
}

/** A time in full, in the reader's own zone: 2026-11-21 14:05:09.123. */
export function clock(timeMs: number, millis = false): string {
  const time = new Date(timeMs)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  const hours = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
  return `${day} ${hours}` + (millis ? `.${String(time.getMilliseconds()).padStart(3, '0')}` : '')
}
