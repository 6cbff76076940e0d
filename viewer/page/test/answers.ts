/** Answers as the viewer would send them, made by hand. */

import type { Problem } from '../src/bins'

export interface MadeSeries {
  run: string
  writer?: string | null
  metric?: string
  writers?: string[]
  first?: number | null
  last?: number | null
  origin?: number
  bin: number[]
  min?: number[]
  max?: number[]
  values: number[]
  count?: number[]
  nonfinite?: number[]
  writerOf?: number[]
}

export function answer(width: number, series: MadeSeries[], head: { watermark?: string; whole?: boolean; problems?: Problem[] } = {}): ArrayBuffer {
  const columns: (Int32Array | Float32Array | Uint32Array)[] = []
  const heads = series.map((one) => {
    const ones = one.bin.map(() => 1)
    const names = ['bin', 'min', 'max', 'last', 'count']
    columns.push(
      Int32Array.from(one.bin),
      Float32Array.from(one.min ?? one.values),
      Float32Array.from(one.max ?? one.values),
      Float32Array.from(one.values),
      Uint32Array.from(one.count ?? ones),
    )
    if (one.nonfinite) {
      names.push('nonfinite')
      columns.push(Uint32Array.from(one.nonfinite))
    }
    if (one.writerOf) {
      names.push('writer')
      columns.push(Uint32Array.from(one.writerOf))
    }
    return {
      run: one.run,
      writer: one.writer ?? null,
      metric: one.metric ?? 'loss',
      writers: one.writers ?? ['r000000-0000000000000000'],
      first: one.first === undefined ? (one.bin[0] ?? 0) * width : one.first,
      last: one.last === undefined ? (one.bin.at(-1) ?? 0) * width + width - 1 : one.last,
      bins: one.bin.length,
      columns: names,
      ...(one.origin === undefined ? {} : { origin: one.origin }),
    }
  })
  const { whole = true, watermark = 'w1', problems = [] } = head
  let text = JSON.stringify({ x: 'step', width, whole, watermark, series: heads, problems })
  while (new TextEncoder().encode(text).length % 4) text += ' '
  const json = new TextEncoder().encode(text)
  const bytes = new Uint8Array(4 + json.length + columns.reduce((sum, column) => sum + column.byteLength, 0))
  new DataView(bytes.buffer).setUint32(0, json.length, true)
  bytes.set(json, 4)
  let offset = 4 + json.length
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer), offset)
    offset += column.byteLength
  }
  return bytes.buffer
}
