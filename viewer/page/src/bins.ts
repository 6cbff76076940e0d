/**
 * The bins of the HTTP interface (docs/http.md §2): decoding an answer into typed array views, and merging what is new into what is held.
 */

/** The columns of one line, as long as each other, ascending by bin. Never changed once made: a merge makes new ones. */
export interface Bins {
  /** Width of every bin, in units of x. */
  readonly width: number
  /** Added to each number in `bin`, for numbers that do not fit 32 bits. */
  readonly origin: number
  readonly bin: Int32Array
  /** Over the finite values; NaN where a bin has none. */
  readonly min: Float32Array
  readonly max: Float32Array
  /** The value of the greatest row, which may be NaN or infinite. */
  readonly last: Float32Array
  readonly count: Uint32Array
  /** How many of the points are NaN or infinite; null where no bin has any. */
  readonly nonfinite: Uint32Array | null
  /** Whose `last` it is, as an index into the line's writers; null where it is the first's throughout. */
  readonly writer: Uint32Array | null
}

/** One line of a chart: a metric of a run, or of one of its writers. */
export interface Line {
  readonly run: string
  readonly writer: string | null
  readonly metric: string
  /** Ids of the writers that have points of the metric, those first that have the last word. */
  readonly writers: readonly string[]
  /** Extent in x over everything stored, whatever range was asked for; first is greater than last if no point has a place on the axis. */
  readonly first: number
  readonly last: number
  readonly bins: Bins
}

export interface Answer {
  readonly width: number
  readonly watermark: string
  /** Whether the lines replace what is held, since they are everything, or are to be merged into it. */
  readonly whole: boolean
  readonly lines: Line[]
  readonly problems: Problem[]
}

/** A shard or card that was left out, with what to do. */
export interface Problem {
  readonly key: string
  readonly message: string
}

interface Head {
  width: number
  watermark: string
  whole: boolean
  series: {
    run: string
    writer: string | null
    metric: string
    writers: string[]
    first: number | null
    last: number | null
    bins: number
    origin?: number
    columns: string[]
  }[]
  problems?: Problem[]
}

/** Decodes an answer. The columns are views of its bytes, not copies. */
export function decode(bytes: ArrayBuffer): Answer {
  if (bytes.byteLength < 4) throw new Error(`The answer has ${bytes.byteLength} bytes, which is no head`)
  const headSize = new DataView(bytes).getUint32(0, true)
  if (4 + headSize > bytes.byteLength) throw new Error(`The answer's head says ${headSize} bytes, and ${bytes.byteLength - 4} follow`)
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, headSize))) as Head

  let offset = 4 + headSize
  const lines = head.series.map((series): Line => {
    const column = new Map<string, number>()
    for (const name of series.columns) {
      column.set(name, offset)
      offset += 4 * series.bins
    }
    if (offset > bytes.byteLength) throw new Error(`The answer ends within ${series.metric} of ${series.run}`)
    const at = (name: string): number => {
      const start = column.get(name)
      if (start === undefined) throw new Error(`The answer has no column ${name}`)
      return start
    }
    const size = series.bins
    return {
      run: series.run,
      writer: series.writer,
      metric: series.metric,
      writers: series.writers,
      // No extent: any point that comes is one.
      first: series.first ?? Infinity,
      last: series.last ?? -Infinity,
      bins: {
        width: head.width,
        origin: series.origin ?? 0,
        bin: new Int32Array(bytes, at('bin'), size),
        min: new Float32Array(bytes, at('min'), size),
        max: new Float32Array(bytes, at('max'), size),
        last: new Float32Array(bytes, at('last'), size),
        count: new Uint32Array(bytes, at('count'), size),
        nonfinite: column.has('nonfinite') ? new Uint32Array(bytes, at('nonfinite'), size) : null,
        writer: column.has('writer') ? new Uint32Array(bytes, at('writer'), size) : null,
      },
    }
  })
  return { width: head.width, watermark: head.watermark, whole: head.whole, lines, problems: head.problems ?? [] }
}

/** Names a line among those of a chart. */
export function lineKey(line: { run: string; writer: string | null; metric: string }): string {
  return `${line.run}\n${line.writer ?? ''}\n${line.metric}`
}

/**
 * Merges what is new into a line: bins held by both by min of `min`, max of `max` and sum of counts, and the `last` of the writer that has
 * the last word as the newer answer says, of one and the same writer the newer.
 */
export function merge(held: Line, fresh: Line): Line {
  const writers = [...new Set([...fresh.writers, ...held.writers])]
  return {
    ...held,
    writers,
    first: Math.min(held.first, fresh.first),
    last: Math.max(held.last, fresh.last),
    bins: mergeBins(
      held.bins,
      fresh.bins,
      held.writers.map((id) => writers.indexOf(id)),
      fresh.writers.map((id) => writers.indexOf(id)),
    ),
  }
}

/**
 * @param aWriters for each writer of a its place among those of both
 * @param bWriters likewise for b
 */
function mergeBins(a: Bins, b: Bins, aWriters: readonly number[], bWriters: readonly number[]): Bins {
  if (a.bin.length > 0 && b.bin.length > 0 && a.width !== b.width) throw new Error(`Bins of width ${a.width} and ${b.width} do not merge`)

  const origin = a.bin.length > 0 ? a.origin : b.origin
  const shiftA = a.origin - origin
  const shiftB = b.origin - origin
  const limit = a.bin.length + b.bin.length
  const bin = new Int32Array(limit)
  const min = new Float32Array(limit)
  const max = new Float32Array(limit)
  const last = new Float32Array(limit)
  const count = new Uint32Array(limit)
  const nonfinite = a.nonfinite || b.nonfinite ? new Uint32Array(limit) : null
  const writer = new Uint32Array(limit)
  const writerOfA = (k: number) => aWriters[a.writer?.[k] ?? 0] ?? 0
  const writerOfB = (k: number) => bWriters[b.writer?.[k] ?? 0] ?? 0

  let size = 0
  let i = 0
  let j = 0
  while (i < a.bin.length || j < b.bin.length) {
    const left = i < a.bin.length ? a.bin[i]! + shiftA : Infinity
    const right = j < b.bin.length ? b.bin[j]! + shiftB : Infinity
    bin[size] = Math.min(left, right)
    if (left === right) {
      const newer = writerOfB(j) <= writerOfA(i)
      min[size] = lesser(a.min[i]!, b.min[j]!)
      max[size] = -lesser(-a.max[i]!, -b.max[j]!)
      last[size] = newer ? b.last[j]! : a.last[i]!
      count[size] = a.count[i]! + b.count[j]!
      if (nonfinite) nonfinite[size] = (a.nonfinite?.[i] ?? 0) + (b.nonfinite?.[j] ?? 0)
      writer[size] = newer ? writerOfB(j) : writerOfA(i)
      i++
      j++
    } else {
      const ofA = left < right
      const from = ofA ? a : b
      const k = ofA ? i++ : j++
      min[size] = from.min[k]!
      max[size] = from.max[k]!
      last[size] = from.last[k]!
      count[size] = from.count[k]!
      if (nonfinite) nonfinite[size] = from.nonfinite?.[k] ?? 0
      writer[size] = ofA ? writerOfA(k) : writerOfB(k)
    }
    size++
  }
  return {
    width: b.width,
    origin,
    bin: bin.subarray(0, size),
    min: min.subarray(0, size),
    max: max.subarray(0, size),
    last: last.subarray(0, size),
    count: count.subarray(0, size),
    nonfinite: nonfinite && nonfinite.subarray(0, size),
    writer: writer.some((index) => index > 0) ? writer.subarray(0, size) : null,
  }
}

/** The lesser of two numbers, of which NaN stands for none. */
function lesser(a: number, b: number): number {
  if (Number.isNaN(a)) return b
  if (Number.isNaN(b)) return a
  return Math.min(a, b)
}

/** Whether a line has outgrown its bins, so that asking anew gives wider ones. */
export function outgrown(line: Line, asked: number): boolean {
  return (line.last - line.first) / line.bins.width > asked + 1
}

/**
 * Where each bin is drawn: in the middle of the x that it spans, kept within the extent of the line, so that neither end overhangs. A
 * bin one step wide is drawn at its step.
 *
 * @param whole whether x counts steps, so that a bin of width w spans w whole numbers
 */
export function positions(line: Line, whole: boolean): Float64Array {
  const { bin, origin, width } = line.bins
  const middle = whole ? (width - 1) / 2 : width / 2
  const xs = new Float64Array(bin.length)
  for (let i = 0; i < xs.length; i++) {
    const x = (bin[i]! + origin) * width + middle
    xs[i] = Math.min(Math.max(x, line.first), line.last)
  }
  return xs
}

/** The index of the value nearest to x in an ascending array, -1 if it is empty. */
export function nearest(xs: Float64Array, x: number): number {
  if (xs.length === 0) return -1
  const i = lowerBound(xs, x)
  if (i === 0) return 0
  if (i === xs.length) return i - 1
  return x - xs[i - 1]! <= xs[i]! - x ? i - 1 : i
}

/** The index of the first value that is at least x in an ascending array, its length if there is none. */
export function lowerBound(xs: Float64Array, x: number): number {
  let low = 0
  let high = xs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (xs[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}
