import { describe, expect, test } from 'vitest'
import { decode, lowerBound, merge, nearest, outgrown, positions, type Line } from '../src/bins'
import { answer, type MadeSeries } from './answers'

function line(width: number, series: MadeSeries): Line {
  return decode(answer(width, [series])).lines[0]!
}

describe('decoding', () => {
  test('reads every column of every series', () => {
    const decoded = decode(
      answer(
        10,
        [
          { run: 'a', bin: [0, 3], min: [1, 2], max: [3, 4], values: [2, NaN], count: [5, 6], nonfinite: [0, 1] },
          { run: 'größe 🏺', bin: [7], values: [9] },
        ],
        { watermark: 'mark', whole: false },
      ),
    )
    expect(decoded).toMatchObject({ width: 10, watermark: 'mark', whole: false })
    const [a, b] = decoded.lines
    expect([...a!.bins.bin]).toEqual([0, 3])
    expect([...a!.bins.min]).toEqual([1, 2])
    expect([...a!.bins.max]).toEqual([3, 4])
    expect([...a!.bins.last]).toEqual([2, NaN])
    expect([...a!.bins.count]).toEqual([5, 6])
    expect([...a!.bins.nonfinite!]).toEqual([0, 1])
    expect(b!.run).toBe('größe 🏺')
    expect([...b!.bins.last]).toEqual([9])
    expect(b!.bins.nonfinite).toBeNull()
  })

  test('makes views and no copies', () => {
    const bytes = answer(1, [{ run: 'a', bin: [0], values: [1] }])
    expect(decode(bytes).lines[0]!.bins.last.buffer).toBe(bytes)
  })

  test('refuses an answer that ends too early', () => {
    const bytes = answer(1, [{ run: 'a', bin: [0, 1, 2], values: [1, 2, 3] }])
    expect(() => decode(bytes.slice(0, bytes.byteLength - 4))).toThrow('ends within loss of a')
    expect(() => decode(bytes.slice(0, 20))).toThrow('head')
    expect(() => decode(new ArrayBuffer(2))).toThrow('2 bytes')
  })
})

describe('merging', () => {
  test('joins a bin held by both and appends the new ones', () => {
    const held = line(10, { run: 'a', bin: [0, 1], min: [1, 2], max: [5, 6], values: [3, 4], count: [10, 4] })
    const fresh = line(10, { run: 'a', bin: [1, 2], min: [1, 7], max: [9, 8], values: [5, 7], count: [6, 2] })
    const merged = merge(held, fresh)
    expect([...merged.bins.bin]).toEqual([0, 1, 2])
    expect([...merged.bins.min]).toEqual([1, 1, 7])
    expect([...merged.bins.max]).toEqual([5, 9, 8])
    expect([...merged.bins.last]).toEqual([3, 5, 7])
    expect([...merged.bins.count]).toEqual([10, 10, 2])
    expect([merged.first, merged.last]).toEqual([0, 29])
  })

  test('takes NaN in min and max for none, whichever side has it', () => {
    const held = line(1, { run: 'a', bin: [0, 1], min: [NaN, 2], max: [NaN, 2], values: [NaN, 2], nonfinite: [1, 0] })
    const fresh = line(1, { run: 'a', bin: [0, 1], min: [4, NaN], max: [4, NaN], values: [4, Infinity], nonfinite: [0, 1] })
    const { bins } = merge(held, fresh)
    expect([...bins.min]).toEqual([4, 2])
    expect([...bins.max]).toEqual([4, 2])
    expect([...bins.last]).toEqual([4, Infinity])
    expect([...bins.nonfinite!]).toEqual([1, 1])
  })

  test('keeps the last value of the writer that comes first in the newer answer', () => {
    const held = line(1, { run: 'a', writers: ['r0', 'r2'], bin: [0, 1, 2], values: [1, 2, 3], writerOf: [0, 1, 1] })
    const fresh = line(1, { run: 'a', writers: ['r0', 'r9', 'r2'], bin: [0, 1, 2], values: [10, 20, 30], writerOf: [1, 1, 2] })
    const merged = merge(held, fresh)
    expect(merged.writers).toEqual(['r0', 'r9', 'r2'])
    expect([...merged.bins.last]).toEqual([1, 20, 30])
    expect([...merged.bins.writer!]).toEqual([0, 1, 2])
  })

  test('counts bins of different origins from the same place', () => {
    const held = line(1, { run: 'a', origin: 1_000_000_000_000, bin: [0, 1], values: [1, 2] })
    const fresh = line(1, { run: 'a', origin: 1_000_000_000_001, bin: [0, 1], values: [5, 6] })
    const { bins } = merge(held, fresh)
    expect([...bins.bin].map((bin) => bin + bins.origin)).toEqual([1_000_000_000_000, 1_000_000_000_001, 1_000_000_000_002])
    expect([...bins.last]).toEqual([1, 5, 6])
  })

  test('refuses bins of another width', () => {
    const held = line(10, { run: 'a', bin: [0], values: [1] })
    const fresh = line(20, { run: 'a', bin: [0], values: [1] })
    expect(() => merge(held, fresh)).toThrow('width 10 and 20')
  })

  test('gives what one answer with everything gives, whichever way the rows are parted', () => {
    const seed = 7
    let state = seed
    const random = () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31
    for (let round = 0; round < 50; round++) {
      const points = Array.from({ length: 60 }, () => [Math.floor(random() * 20), Math.fround(random())] as const)
      const bin = (part: readonly (readonly [number, number])[]): Line => {
        const numbers = [...new Set(part.map(([x]) => x))].sort((a, b) => a - b)
        const of = (x: number) => part.filter(([other]) => other === x).map(([, value]) => value)
        return line(1, {
          run: 'a',
          bin: numbers,
          min: numbers.map((x) => Math.min(...of(x))),
          max: numbers.map((x) => Math.max(...of(x))),
          values: numbers.map((x) => of(x).at(-1)!),
          count: numbers.map((x) => of(x).length),
        })
      }
      const cut = 1 + Math.floor(random() * 58)
      expect(merge(bin(points.slice(0, cut)), bin(points.slice(cut))).bins, `seed ${seed}, round ${round}`).toEqual(bin(points).bins)
    }
  })
})

describe('places', () => {
  test('a bin of one step is drawn at its step', () => {
    expect([...positions(line(1, { run: 'a', bin: [0, 5], values: [1, 2] }), true)]).toEqual([0, 5])
  })

  test('a wider bin is drawn in its middle, within the extent of the line', () => {
    const wide = line(100, { run: 'a', bin: [0, 1, 2], values: [1, 2, 3], first: 80, last: 210 })
    expect([...positions(wide, true)]).toEqual([80, 149.5, 210])
  })

  test('a line has outgrown its bins when it would take more than were asked', () => {
    const held = line(10, { run: 'a', bin: [0, 99], values: [1, 2], first: 0, last: 999 })
    expect(outgrown(held, 100)).toBe(false)
    expect(outgrown({ ...held, last: 1200 }, 100)).toBe(true)
  })

  test('the nearest value is found on either side', () => {
    const xs = Float64Array.of(0, 10, 20)
    expect([-5, 4, 6, 19, 99].map((x) => nearest(xs, x))).toEqual([0, 0, 1, 2, 2])
    expect(nearest(new Float64Array(), 1)).toBe(-1)
    expect([-1, 0, 1, 20, 21].map((x) => lowerBound(xs, x))).toEqual([0, 0, 1, 2, 3])
  })
})
