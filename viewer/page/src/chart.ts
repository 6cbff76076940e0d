import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Axis } from './address'
import { lineKey, lowerBound, nearest, positions, type Line } from './bins'
import { axisLabels, duration, logLabel } from './numbers'
import type { Stroke } from './palette'
import { smooth } from './smooth'
import type { Theme } from './state'

/*
 * uPlot gives scales, axes, cursor and selection; the lines are drawn here, since each has an x of its own, a band, and marks for what is
 * not a number.
 *
 * What a reader sees: a line through the last value of each bin; a band from the least to the greatest finite value of each bin; a thin
 * upright stroke where a bin reaches far beyond its neighbours, so that a spike of one step is seen at any zoom; a cross at the lower edge
 * where a bin holds NaN, a triangle at the upper or lower edge where its last value is infinite. The line is broken at a value that is not
 * finite, and where neighbouring bins are far apart: more than 24 bins and more than 20 times what is usual for this line.
 */

/** A line and how it is drawn. */
export interface Trace {
  readonly name: string
  readonly stroke: Stroke
  readonly line: Line
}

export interface Look {
  readonly axis: Axis
  readonly log: boolean
  readonly smoothing: number
  readonly theme: Theme
}

/** The value of one line at the cursor. */
export interface Reading {
  readonly trace: Trace
  readonly index: number
  /** The smoothed value, if the line is smoothed. */
  readonly smoothed: number | null
}

export interface Hover {
  /** Of the cursor, in CSS pixels of the window. */
  readonly left: number
  readonly top: number
  readonly axis: Axis
  /** By value, greatest first. */
  readonly readings: Reading[]
}

export interface Listener {
  zoomed(range: readonly [number, number]): void
  reset(): void
  hovered(hover: Hover | null): void
}

/** A trace as it is drawn: positions in x, and the values of the line. */
interface Drawn {
  readonly trace: Trace
  readonly xs: Float64Array
  readonly values: Float32Array
  /** The usual distance in x of neighbouring bins, and the distance from which on they are not joined. */
  readonly usual: number
  readonly gap: number
  readonly hasBand: boolean
}

const inks = {
  light: { text: '#6a645b', grid: '#ece8e0', axis: '#d8d2c7', ground: '#ffffff', band: 0.14 },
  dark: { text: '#a39c91', grid: '#2b2926', axis: '#3b3833', ground: '#1c1b19', band: 0.2 },
}

const font = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif'
const height = { axis: 26 }
const reachPixels = 14

/** A chart in an element, whose size it takes. */
export class Chart {
  private plot: uPlot
  private drawn: Drawn[] = []
  private cache = new WeakMap<Line, Drawn>()
  private dots: HTMLElement[] = []
  private inside = false
  private emphasis: string | null = null
  private box: readonly [number, number] | null = null
  private range: readonly [number, number] | null = null
  private readonly resized: ResizeObserver

  constructor(
    private readonly host: HTMLElement,
    private look: Look,
    private readonly listener: Listener,
  ) {
    this.plot = this.make()
    this.resized = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = host
      if (clientWidth && clientHeight) this.plot.setSize({ width: clientWidth, height: clientHeight })
    })
    this.resized.observe(host)
  }

  /** Draws these lines over this range of x, all of it if null. Does nothing if that is on the screen already. */
  show(traces: readonly Trace[], look: Look, range: readonly [number, number] | null): void {
    const before = this.look
    const sameLook = look.axis === before.axis && look.log === before.log && look.smoothing === before.smoothing && look.theme === before.theme
    const sameRange = range?.[0] === this.range?.[0] && range?.[1] === this.range?.[1]
    if (sameLook && sameRange && this.holds(traces)) return
    this.look = look
    if (look.axis !== before.axis || look.smoothing !== before.smoothing) this.cache = new WeakMap()
    if (look.axis !== before.axis) this.box = null
    if (look.axis !== before.axis || look.log !== before.log || look.theme !== before.theme) {
      this.plot.destroy()
      this.dots = []
      this.plot = this.make()
    }
    this.range = range
    this.drawn = traces.map((trace) => this.prepare(trace))
    this.rescale()
  }

  private holds(traces: readonly Trace[]): boolean {
    return (
      traces.length > 0 &&
      traces.length === this.drawn.length &&
      traces.every((trace, n) => {
        const held = this.drawn[n]!.trace
        return trace.line === held.line && trace.stroke === held.stroke && trace.name === held.name
      })
    )
  }

  /** Draws the lines of one run in front and the others faint; null for all alike. */
  emphasise(run: string | null): void {
    if (this.emphasis === run) return
    this.emphasis = run
    this.plot.redraw(false)
  }

  /** The picture on the screen with a title above. */
  picture(title: string): Promise<Blob | null> {
    const { canvas } = this.plot.ctx
    const ratio = devicePixelRatio
    const ink = inks[this.look.theme]
    const out = document.createElement('canvas')
    out.width = canvas.width
    out.height = canvas.height + 32 * ratio
    const ctx = out.getContext('2d')!
    ctx.fillStyle = ink.ground
    ctx.fillRect(0, 0, out.width, out.height)
    ctx.fillStyle = ink.text
    ctx.font = `600 ${13 * ratio}px system-ui, sans-serif`
    ctx.fillText(title, 12 * ratio, 21 * ratio)
    ctx.drawImage(canvas, 0, 32 * ratio)
    return new Promise((done) => out.toBlob(done, 'image/png'))
  }

  destroy(): void {
    this.resized.disconnect()
    this.plot.destroy()
  }

  private prepare(trace: Trace): Drawn {
    const held = this.cache.get(trace.line)
    if (held) return { ...held, trace }
    const { bins } = trace.line
    const xs = positions(trace.line, this.look.axis === 'step')
    let hasBand = false
    for (let i = 0; i < bins.bin.length && !hasBand; i++) hasBand = bins.max[i]! > bins.min[i]!
    const usual = usualDistance(xs)
    const gap = xs.length < 8 ? Infinity : Math.max(24 * bins.width, 20 * usual)
    const drawn = { trace, xs, values: smooth(bins.last, this.look.smoothing), usual, gap, hasBand }
    this.cache.set(trace.line, drawn)
    return drawn
  }

  private make(): uPlot {
    const { look } = this
    const ink = inks[look.theme]
    const axis: uPlot.Axis = {
      stroke: ink.text,
      font,
      grid: { stroke: ink.grid, width: 1 },
      ticks: { show: false },
      border: { show: false },
    }
    const options: uPlot.Options = {
      width: this.host.clientWidth || 400,
      height: this.host.clientHeight || 240,
      padding: [10, 20, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: look.axis === 'time', auto: false },
        y: { auto: false, distr: look.log ? 3 : 1 },
      },
      ms: 1,
      axes: [
        {
          ...axis,
          space: look.axis === 'step' ? 64 : 76,
          size: height.axis,
          gap: 6,
          ...xTicks(look.axis),
        },
        {
          ...axis,
          space: 34,
          gap: 8,
          // Digits of this font are a little over 6 pixels wide.
          size: (_, labels) => Math.max(40, 18 + 6.3 * (labels ?? []).reduce((most, label) => Math.max(most, label?.length ?? 0), 0)),
          values: look.log
            ? (_, ticks) => ticks.map((tick) => (tick === null ? '' : logLabel(tick)))
            : (_, ticks, __, ___, increment) => axisLabels(ticks, increment),
        },
      ],
      series: [{}, { show: true, stroke: 'transparent', points: { show: false }, paths: () => null }],
      cursor: {
        x: true,
        y: false,
        points: { show: false },
        drag: { x: true, y: true, uni: 28, setScale: false },
        sync: {
          key: `ostraka-${look.axis}`,
          setSeries: false,
          scales: ['x', null],
          filters: { pub: moves, sub: moves },
        },
        bind: {
          dblclick: () => () => {
            this.box = null
            this.listener.reset()
            this.rescale()
            return null
          },
        },
      },
      hooks: {
        draw: [() => this.paint()],
        setCursor: [() => this.read()],
        setSelect: [() => this.select()],
      },
    }
    const plot = new uPlot(options, [[0, 1], [null, null]], this.host)
    plot.over.addEventListener('mouseenter', () => {
      this.inside = true
    })
    plot.over.addEventListener('mouseleave', () => {
      this.inside = false
      this.listener.hovered(null)
    })
    return plot
  }

  private rescale(): void {
    const [from, to] = this.range ?? this.extent()
    const [low, high] = this.box ?? this.heights(from, to)
    this.plot.batch(() => {
      this.plot.setScale('x', { min: from, max: to })
      this.plot.setScale('y', { min: low, max: high })
      // A scale that stays as it was draws nothing anew.
      this.plot.redraw(false, false)
    })
  }

  private extent(): [number, number] {
    let from = Infinity
    let to = -Infinity
    for (const { trace, xs } of this.drawn) {
      if (!xs.length) continue
      from = Math.min(from, trace.line.first)
      to = Math.max(to, trace.line.last)
    }
    if (from > to) return [0, 1]
    return from < to ? [from, to] : [from - 0.5, to + 0.5]
  }

  /** The range of y that shows every finite value within a range of x. */
  private heights(from: number, to: number): [number, number] {
    let low = Infinity
    let high = -Infinity
    for (const { trace, xs } of this.drawn) {
      const { min, max } = trace.line.bins
      const end = Math.min(xs.length, lowerBound(xs, to) + 1)
      for (let i = Math.max(0, lowerBound(xs, from) - 1); i < end; i++) {
        if (xs[i]! < from || xs[i]! > to) continue
        const least = min[i]!
        // Of a bin that reaches below zero a logarithmic axis shows the upper part.
        if (least < low && (!this.look.log || least > 0)) low = least
        if (max[i]! > high) high = max[i]!
        if (this.look.log && least <= 0 && max[i]! > 0 && max[i]! < low) low = max[i]!
      }
    }
    if (this.look.log) {
      if (!(high > 0) || !(low > 0)) return [0.1, 1]
      const margin = low < high ? (high / low) ** 0.05 : 1.5
      return [low / margin, high * margin]
    }
    if (low > high) return [0, 1]
    const margin = low < high ? (high - low) * 0.06 : Math.abs(low) * 0.1 || 1
    return [low - margin, high + margin]
  }

  private paint(): void {
    const { plot } = this
    const { ctx, bbox } = plot
    ctx.save()
    ctx.beginPath()
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
    ctx.clip()
    const front = this.drawn.filter(({ trace }) => trace.line.run === this.emphasis)
    const back = this.drawn.filter(({ trace }) => trace.line.run !== this.emphasis)
    const faint = front.length ? 0.18 : 1
    for (const drawn of back) this.paintBand(drawn, faint)
    for (const drawn of back) this.paintLine(drawn, faint)
    for (const drawn of front) this.paintBand(drawn, 1)
    for (const drawn of front) this.paintLine(drawn, 1)
    ctx.restore()
    for (const drawn of this.drawn) this.paintMarks(drawn, front.length && drawn.trace.line.run !== this.emphasis ? faint : 1)
    // Tells a test or a stopwatch, to which a canvas says nothing, how far the picture goes.
    if (this.drawn.length) this.host.dataset.last = String(Math.max(...this.drawn.map(({ trace }) => trace.line.last)))
    this.read()
  }

  /** The indexes to draw: those in view and one on either side. */
  private window(xs: Float64Array): [number, number] {
    const { min, max } = this.plot.scales.x!
    return [Math.max(0, lowerBound(xs, min ?? 0) - 1), Math.min(xs.length, lowerBound(xs, max ?? 0) + 2)]
  }

  private yPixel(value: number): number {
    // On a logarithmic axis what is not above zero lies below the picture.
    if (this.look.log && value <= 0) return this.plot.bbox.top + this.plot.bbox.height + 4
    return this.plot.valToPos(value, 'y', true)
  }

  private paintBand({ trace, xs, gap, hasBand }: Drawn, strength: number): void {
    if (!hasBand) return
    const { plot } = this
    const { ctx, bbox } = plot
    const { min, max, last } = trace.line.bins
    const [start, end] = this.window(xs)
    const colour = trace.stroke[this.look.theme]
    const shade = inks[this.look.theme].band * (this.look.smoothing > 0 ? 0.5 : 1)

    ctx.fillStyle = colour
    ctx.globalAlpha = shade * strength
    let i = start
    while (i < end) {
      if (Number.isNaN(min[i]!)) {
        i++
        continue
      }
      let stop = i + 1
      while (stop < end && !Number.isNaN(min[stop]!) && xs[stop]! - xs[stop - 1]! <= gap) stop++
      ctx.beginPath()
      for (let k = i; k < stop; k++) ctx.lineTo(plot.valToPos(xs[k]!, 'x', true), this.yPixel(max[k]!))
      for (let k = stop - 1; k >= i; k--) ctx.lineTo(plot.valToPos(xs[k]!, 'x', true), this.yPixel(min[k]!))
      ctx.fill()
      i = stop
    }

    const far = bbox.height * 0.08
    ctx.strokeStyle = colour
    ctx.globalAlpha = 0.75 * strength
    ctx.lineWidth = Math.max(1, devicePixelRatio)
    ctx.setLineDash([])
    ctx.beginPath()
    for (let k = start; k < end; k++) {
      const x = plot.valToPos(xs[k]!, 'x', true)
      const value = this.yPixel(Number.isFinite(last[k]!) ? last[k]! : (min[k]! + max[k]!) / 2)
      const top = this.yPixel(max[k]!)
      const bottom = this.yPixel(min[k]!)
      if (value - top > far && beyond(max, k, 1, (v) => this.yPixel(v) - top, far)) {
        ctx.moveTo(x, value)
        ctx.lineTo(x, top)
      }
      if (bottom - value > far && beyond(min, k, 1, (v) => bottom - this.yPixel(v), far)) {
        ctx.moveTo(x, value)
        ctx.lineTo(x, bottom)
      }
    }
    ctx.stroke()
  }

  private paintLine(drawn: Drawn, strength: number): void {
    const { trace, values } = drawn
    const { ctx } = this.plot
    const ratio = devicePixelRatio
    ctx.strokeStyle = ctx.fillStyle = trace.stroke[this.look.theme]
    ctx.lineJoin = 'round'
    ctx.lineCap = 'round'
    ctx.setLineDash([])
    if (values !== trace.line.bins.last) {
      ctx.globalAlpha = 0.28 * strength
      ctx.lineWidth = ratio
      this.paintPath(drawn, trace.line.bins.last)
    }
    ctx.globalAlpha = strength
    ctx.lineWidth = 1.6 * ratio
    ctx.setLineDash(trace.stroke.dash.map((length) => length * ratio))
    this.paintPath(drawn, values)
    ctx.setLineDash([])
    ctx.globalAlpha = 1
  }

  private paintPath({ xs, gap, usual }: Drawn, values: Float32Array): void {
    const { plot } = this
    const { ctx } = plot
    const [start, end] = this.window(xs)
    // Where points are far enough apart to be seen, they are.
    const roomy = usual > 0 && Math.abs(plot.valToPos(usual, 'x', true) - plot.valToPos(0, 'x', true)) > 14 * devicePixelRatio
    const dots: [number, number][] = []
    ctx.beginPath()
    let before = -1
    let joined = true
    for (let i = start; i < end; i++) {
      const value = values[i]!
      if (!Number.isFinite(value) || (this.look.log && value <= 0)) {
        if (!joined) dots.push(this.pixel(xs[before]!, values[before]!))
        before = -1
        joined = true
        continue
      }
      const point = this.pixel(xs[i]!, value)
      if (before < 0 || xs[i]! - xs[before]! > gap) {
        if (!joined) dots.push(this.pixel(xs[before]!, values[before]!))
        ctx.moveTo(...point)
        joined = false
      } else {
        ctx.lineTo(...point)
        joined = true
      }
      if (roomy) dots.push(point)
      before = i
    }
    if (!joined) dots.push(this.pixel(xs[before]!, values[before]!))
    ctx.stroke()
    const radius = 2.2 * devicePixelRatio
    ctx.beginPath()
    for (const [x, y] of dots) {
      ctx.moveTo(x + radius, y)
      ctx.arc(x, y, radius, 0, 2 * Math.PI)
    }
    ctx.fill()
  }

  private pixel(x: number, y: number): [number, number] {
    return [this.plot.valToPos(x, 'x', true), this.plot.valToPos(y, 'y', true)]
  }

  /** Marks what is not finite, and on a logarithmic axis what is not above zero, at the edges of the picture. */
  private paintMarks({ trace, xs }: Drawn, strength: number): void {
    const { bins } = trace.line
    if (!bins.nonfinite && !this.look.log) return
    const { plot } = this
    const { ctx, bbox } = plot
    const ratio = devicePixelRatio
    const [start, end] = this.window(xs)
    const floor = bbox.top + bbox.height - 4 * ratio
    const ceiling = bbox.top + 4 * ratio
    const size = 3 * ratio
    ctx.save()
    ctx.strokeStyle = ctx.fillStyle = trace.stroke[this.look.theme]
    ctx.lineWidth = 1.5 * ratio
    ctx.globalAlpha = strength
    for (let i = start; i < end; i++) {
      const last = bins.last[i]!
      const x = plot.valToPos(xs[i]!, 'x', true)
      if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1) continue
      ctx.beginPath()
      if (bins.nonfinite?.[i]) {
        if (last === Infinity || last === -Infinity) {
          const up = last > 0 ? 1 : -1
          const y = last > 0 ? ceiling : floor
          ctx.moveTo(x - size, y + size * up)
          ctx.lineTo(x + size, y + size * up)
          ctx.lineTo(x, y - size * up)
          ctx.fill()
        } else {
          ctx.moveTo(x - size, floor - size)
          ctx.lineTo(x + size, floor + size)
          ctx.moveTo(x + size, floor - size)
          ctx.lineTo(x - size, floor + size)
          ctx.stroke()
        }
      } else if (this.look.log && last <= 0) {
        ctx.moveTo(x, floor - size)
        ctx.lineTo(x, floor + size)
        ctx.stroke()
      }
    }
    ctx.restore()
  }

  private select(): void {
    const { plot } = this
    const { left, top, width, height: tall } = plot.select
    if (width < 3 && tall < 3) return
    const from = plot.posToVal(left, 'x')
    const to = plot.posToVal(left + width, 'x')
    const high = plot.posToVal(top, 'y')
    const low = plot.posToVal(top + tall, 'y')
    const wholeWidth = width >= plot.over.clientWidth - 1
    const wholeHeight = tall >= plot.over.clientHeight - 1
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    if (!wholeHeight) this.box = [low, high]
    if (wholeWidth) return this.rescale()
    const range = this.look.axis === 'step' ? ([Math.ceil(from), Math.floor(to)] as const) : ([Math.round(from), Math.round(to)] as const)
    if (range[0] < range[1]) this.listener.zoomed(range)
  }

  /** Finds the values at the cursor, wherever it is among the linked charts, and tells of them if it is in this one. */
  private read(): void {
    const { plot } = this
    const left = plot.cursor.left ?? -1
    const readings: Reading[] = []
    const points: [number, number, string][] = []
    if (left >= 0) {
      const x = plot.posToVal(left, 'x')
      const reach = Math.abs(plot.posToVal(left + reachPixels, 'x') - x)
      for (const { trace, xs, values } of this.drawn) {
        const index = nearest(xs, x)
        if (index < 0) continue
        const inLine = x >= xs[0]! - reach && x <= xs[xs.length - 1]! + reach
        if (!inLine) continue
        const smoothed = values === trace.line.bins.last ? null : values[index]!
        readings.push({ trace, index, smoothed })
        const value = smoothed ?? trace.line.bins.last[index]!
        if (Number.isFinite(value) && (!this.look.log || value > 0)) {
          points.push([plot.valToPos(xs[index]!, 'x'), plot.valToPos(value, 'y'), trace.stroke[this.look.theme]])
        }
      }
      if (this.inside) {
        const box = plot.over.getBoundingClientRect()
        readings.sort((a, b) => order(b) - order(a))
        this.listener.hovered({ left: box.left + left, top: box.top + (plot.cursor.top ?? 0), axis: this.look.axis, readings })
      }
    }
    this.place(points)
  }

  private place(points: readonly [number, number, string][]): void {
    while (this.dots.length < points.length) {
      const dot = document.createElement('div')
      dot.className = 'chart-dot'
      this.plot.over.append(dot)
      this.dots.push(dot)
    }
    const { clientWidth, clientHeight } = this.plot.over
    this.dots.forEach((dot, i) => {
      const point = points[i]
      const seen = point && point[0] >= -1 && point[0] <= clientWidth + 1 && point[1] >= -1 && point[1] <= clientHeight + 1
      dot.hidden = !seen
      if (!seen) return
      dot.style.transform = `translate(${point[0]}px, ${point[1]}px)`
      dot.style.backgroundColor = point[2]
    })
  }
}

/** The traces' lines with their nearest neighbours outside a zoomed range put to either end, so that a line runs to the edge. */
export function withNeighbours(zoomed: readonly Line[], whole: readonly Line[], range: readonly [number, number], axis: Axis): Line[] {
  const zoomedByKey = new Map(zoomed.map((line) => [lineKey(line), line]))
  return whole.map((line) => {
    const inside = zoomedByKey.get(lineKey(line))
    const xs = positions(line, axis === 'step')
    const before = lowerBound(xs, range[0]) - 1
    const after = lowerBound(xs, range[1])
    if (!inside) return line
    const ends = [before >= 0 && xs[before]! < range[0] ? before : -1, after < xs.length && xs[after]! > range[1] ? after : -1] as const
    return extend(inside, line, xs, ends)
  })
}

function extend(inside: Line, whole: Line, xs: Float64Array, [before, after]: readonly [number, number]): Line {
  const { bins } = inside
  const width = bins.width
  const numbers: number[] = []
  const sources: [Line['bins'], number][] = []
  const add = (bin: number, from: Line['bins'], k: number) => {
    numbers.push(bin)
    sources.push([from, k])
  }
  if (before >= 0) add(Math.floor(xs[before]! / width) - bins.origin, whole.bins, before)
  for (let k = 0; k < bins.bin.length; k++) add(bins.bin[k]!, bins, k)
  if (after >= 0) add(Math.floor(xs[after]! / width) - bins.origin, whole.bins, after)
  return {
    ...inside,
    bins: {
      width,
      origin: bins.origin,
      bin: Int32Array.from(numbers),
      min: Float32Array.from(sources, ([from, k]) => from.min[k]!),
      max: Float32Array.from(sources, ([from, k]) => from.max[k]!),
      last: Float32Array.from(sources, ([from, k]) => from.last[k]!),
      count: Uint32Array.from(sources, ([from, k]) => from.count[k]!),
      nonfinite: bins.nonfinite || whole.bins.nonfinite ? Uint32Array.from(sources, ([from, k]) => from.nonfinite?.[k] ?? 0) : null,
      writer: null,
    },
  }
}

function moves(type: string): boolean {
  return type === 'mousemove' || type === 'mouseleave' || type === 'mouseenter'
}

function order(reading: Reading): number {
  const value = reading.smoothed ?? reading.trace.line.bins.last[reading.index]!
  return Number.isNaN(value) ? -Infinity : value
}

/** Whether both neighbours of a bin (or the only one) stay far from what it reaches. */
function beyond(values: Float32Array, k: number, step: number, distance: (value: number) => number, far: number): boolean {
  const apart = (index: number) => index < 0 || index >= values.length || Number.isNaN(values[index]!) || distance(values[index]!) > far
  return apart(k - step) && apart(k + step)
}

/** The median distance of neighbours, 0 if there are none. */
function usualDistance(xs: Float64Array): number {
  if (xs.length < 2) return 0
  const distances = Float64Array.from({ length: xs.length - 1 }, (_, i) => xs[i + 1]! - xs[i]!).sort()
  return distances[distances.length >> 1]!
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

function xTicks(axis: Axis): Pick<uPlot.Axis, 'incrs' | 'values'> {
  if (axis === 'step') {
    const incrs = Array.from({ length: 17 }, (_, n) => [1, 2, 5].map((digit) => digit * 10 ** n)).flat()
    return { incrs, values: (_, ticks, __, ___, increment) => axisLabels(ticks, increment) }
  }
  if (axis === 'relative') {
    const incrs = [
      ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
      ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
      ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
      ...[1, 2, 4, 6, 12].map((n) => n * hour),
      ...[1, 2, 5, 10, 20, 50, 100, 200].map((n) => n * day),
    ]
    return { incrs, values: (_, ticks) => ticks.map((tick) => (tick === 0 ? '0' : duration(tick))) }
  }
  return { values: (_, ticks, __, ___, increment) => ticks.map((tick, i) => timeLabel(tick, ticks[i - 1], increment)) }
}

function timeLabel(tick: number, before: number | undefined, increment: number): string {
  const time = new Date(tick)
  const date = time.toLocaleDateString(undefined, { month: 'short', day: 'numeric' })
  if (increment >= day) return date
  const two = (part: number) => String(part).padStart(2, '0')
  const otherDay = before !== undefined && new Date(before).toDateString() !== time.toDateString()
  if (otherDay) return date
  const minutes = `${two(time.getHours())}:${two(time.getMinutes())}`
  if (increment >= minute) return minutes
  const seconds = `${minutes}:${two(time.getSeconds())}`
  return increment >= second ? seconds : `${seconds}.${String(time.getMilliseconds()).padStart(3, '0')}`
}
