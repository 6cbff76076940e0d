import { signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Hover, Reading } from './chart'
import { clock, duration, exact, exactFloat32, grouped } from './numbers'
import type { Stroke } from './palette'
import type { ScalarStream } from './source'
import { source, theme } from './state'

/** What the cursor is at, in whichever panel. */
export interface Hovered extends Hover {
  readonly project: string
  readonly metric: string
  readonly stream: ScalarStream
}

export const hovered = signal<Hovered | null>(null)

const rowLimit = 16
const restMs = 120
/** Of a bin with more points than this the exact last value is not asked for. */
const exactLimit = 1000

/** The values at the cursor, greatest first. Once the cursor rests they are asked for in full precision, with step and time. */
export function Tooltip() {
  const hover = hovered.value
  const box = useRef<HTMLDivElement>(null)
  const details = useDetails(hover)

  useLayoutEffect(() => {
    const element = box.current
    if (!element || !hover) return
    if (!element.matches(':popover-open')) element.showPopover()
    const { offsetWidth, offsetHeight } = element
    const gap = 18
    const right = hover.left + gap + offsetWidth < innerWidth
    const left = right ? hover.left + gap : hover.left - gap - offsetWidth
    const top = Math.min(Math.max(8, hover.top - offsetHeight / 2), innerHeight - offsetHeight - 8)
    element.style.transform = `translate(${Math.round(Math.max(8, left))}px, ${Math.round(top)}px)`
  })

  if (!hover || !hover.readings.length) return null
  const rows = hover.readings.slice(0, rowLimit)
  // A popover opened after a dialog lies above it; hence a new one when a dialog opens.
  return (
    <div class="tooltip" ref={box} popover="manual" key={document.querySelector('dialog[open]') ? 'above' : 'page'}>
      <div class="tooltip-head">{position(hover)}</div>
      <table>
        <tbody>
          {rows.map((reading) => (
            <TooltipRow key={key(reading)} reading={reading} detail={details.get(detailKey(hover, reading)) ?? null} />
          ))}
        </tbody>
      </table>
      {hover.readings.length > rowLimit && <div class="tooltip-more">and {hover.readings.length - rowLimit} more</div>}
      {rows.length === 1 && <DetailLine detail={details.get(detailKey(hover, rows[0]!)) ?? null} />}
    </div>
  )
}

function TooltipRow({ reading, detail }: { reading: Reading; detail: Detail | null }) {
  const { bins } = reading.trace.line
  const i = reading.index
  const spread = bins.max[i]! > bins.min[i]!
  return (
    <tr>
      <td>
        <Swatch stroke={reading.trace.stroke} />
      </td>
      <td class="tooltip-name">{reading.trace.name}</td>
      <td class="tooltip-value">{detail ? exact(detail.value) : exactFloat32(bins.last[i]!)}</td>
      {reading.smoothed !== null && <td class="tooltip-faint">≈ {exactFloat32(Math.fround(Number(reading.smoothed.toPrecision(5))))}</td>}
      <td class="tooltip-faint">{spread && `${exactFloat32(bins.min[i]!)} … ${exactFloat32(bins.max[i]!)}`}</td>
    </tr>
  )
}

function DetailLine({ detail }: { detail: Detail | null }) {
  return <div class="tooltip-more">{detail ? `step ${grouped(detail.step)} · ${clock(detail.timeMs, true)}` : '\u00a0'}</div>
}

/** A piece of a line, as the line is drawn. */
export function Swatch({ stroke }: { stroke: Stroke }) {
  return (
    <svg class="swatch" viewBox="0 0 16 8" aria-hidden="true">
      <line x1="1" y1="4" x2="15" y2="4" stroke={stroke[theme.value]} stroke-dasharray={stroke.dash.map((length) => length / 1.5).join(' ')} />
    </svg>
  )
}

/** The x at the cursor: the span of the bin, or the step itself. */
function position(hover: Hovered): string {
  const reading = hover.readings.reduce((widest, one) => (binWidth(one) > binWidth(widest) ? one : widest))
  const [from, to] = span(reading)
  const width = binWidth(reading)
  if (hover.axis === 'step') return width > 1 ? `steps ${grouped(from)} – ${grouped(to - 1)}` : `step ${grouped(from)}`
  const middle = Math.min(Math.max((from + to) / 2, reading.trace.line.first), reading.trace.line.last)
  return hover.axis === 'time' ? clock(middle, width < 1000) : duration(middle)
}

function binWidth(reading: Reading): number {
  return reading.trace.line.bins.width
}

/** The x that a bin spans: from, inclusive, and to, exclusive. */
function span({ trace, index }: Reading): [number, number] {
  const { bin, origin, width } = trace.line.bins
  const from = (bin[index]! + origin) * width
  return [from, from + width]
}

interface Detail {
  readonly value: number
  readonly step: number
  readonly timeMs: number
}

function key({ trace }: Reading): string {
  return `${trace.line.run}\n${trace.line.writer ?? ''}`
}

function detailKey(hover: Hovered, reading: Reading): string {
  const { line } = reading.trace
  const [from, to] = span(reading)
  return JSON.stringify([hover.project, hover.stream, hover.axis, line.run, line.writer, line.metric, from, to, line.bins.count[reading.index]])
}

const known = new Map<string, Detail>()
const knownLimit = 2000

/** The points under the resting cursor as they were logged. What fails is left as it is: the bins' own values are on the screen. */
function useDetails(hover: Hovered | null): ReadonlyMap<string, Detail> {
  const [, renew] = useState(0)
  const wanted = hover ? hover.readings.slice(0, rowLimit).map((reading) => detailKey(hover, reading)).join('\n') : ''
  useEffect(() => {
    if (!hover) return
    const controller = new AbortController()
    const rest = setTimeout(() => {
      const missing = hover.readings
        .slice(0, rowLimit)
        .filter((reading) => !known.has(detailKey(hover, reading)) && reading.trace.line.bins.count[reading.index]! <= exactLimit)
      void Promise.allSettled(missing.map((reading) => ask(hover, reading, controller.signal))).then(() => {
        if (!controller.signal.aborted) renew((n) => n + 1)
      })
    }, restMs)
    return () => {
      clearTimeout(rest)
      controller.abort()
    }
  }, [wanted])
  return known
}

async function ask(hover: Hovered, reading: Reading, signal: AbortSignal): Promise<void> {
  const { line } = reading.trace
  const [from, to] = span(reading)
  const whole = hover.axis === 'step'
  const { points } = await source.points(
    {
      project: hover.project,
      run: line.run,
      metric: line.metric,
      stream: hover.stream,
      writer: line.writers[line.bins.writer?.[reading.index] ?? 0] ?? null,
      axis: hover.axis,
      range: [from, whole ? Math.ceil(to) - 1 : to],
      limit: exactLimit,
    },
    signal,
  )
  // The picture shows the last value as a 32-bit float; the point that reads the same is the one meant, of several the last.
  const shown = line.bins.last[reading.index]!
  const meant = points.findLast((point) => Object.is(Math.fround(Number(point.value)), shown))
  if (!meant) return
  if (known.size >= knownLimit) known.clear()
  known.set(detailKey(hover, reading), { value: Number(meant.value), step: meant.step, timeMs: Date.parse(meant.time) })
}
