import { describe, expect, test } from 'vitest'
import { parseAnsi } from '../src/ansi'
import { formatView, noView, parseView, type View } from '../src/address'
import { toCsv } from '../src/download'
import { decode } from '../src/bins'
import { ago, axisLabels, duration, exact, exactFloat32, logLabel } from '../src/numbers'
import { matcher, sections } from '../src/search'
import { smooth } from '../src/smooth'
import { answer } from './answers'

describe('numbers', () => {
  test('a double is written as the shortest text that reads back', () => {
    expect([0.1 + 0.2, 1e21, -0, NaN, -Infinity, 123456789].map(exact)).toEqual(['0.30000000000000004', '1e+21', '-0', 'NaN', '-Infinity', '123456789'])
  })

  test('a float is written as the shortest text that reads back as that float', () => {
    expect([0.1, 0.31, 1 / 3, 16777216, 3.4028235e38, 1e-45].map((value) => exactFloat32(Math.fround(value)))).toEqual([
      '0.1',
      '0.31',
      '0.33333334',
      '16777216',
      '3.4028234663852886e+38',
      '1e-45',
    ])
    let state = 11
    for (let n = 0; n < 2000; n++) {
      state = (state * 1103515245 + 12345) % 2 ** 31
      const value = Math.fround((state / 2 ** 31 - 0.5) * 10 ** ((n % 60) - 30))
      expect(Math.fround(Number(exactFloat32(value)))).toBe(value)
    }
  })

  test('axes have SI prefixes and just enough decimals', () => {
    expect(axisLabels([0, 5000, 10000], 5000)).toEqual(['0', '5k', '10k'])
    expect(axisLabels([0, 2500, 5000], 2500)).toEqual(['0', '2.5k', '5.0k'])
    expect(axisLabels([0.2, 0.4], 0.2)).toEqual(['0.2', '0.4'])
    expect(axisLabels([-1, 0, 1], 1)).toEqual(['−1', '0', '1'])
    expect(axisLabels([0, 0.0005], 0.0005)).toEqual(['0', '500µ'])
    expect(axisLabels([99.75, 100], 0.25)).toEqual(['99.75', '100.00'])
    expect([1e-5, 0.01, 1, 3, 2000, 0.00015406903759930326].map(logLabel)).toEqual(['1e-5', '0.01', '1', '', '2k', ''])
  })

  test('times are said in their two greatest units', () => {
    expect([0, 350, 1200, 65_000, 3_600_000, 93_784_000].map(duration)).toEqual(['0 ms', '350 ms', '1.2 s', '1 min 5 s', '1 h', '1 d 2 h'])
    expect([0, 5_000, 125_000, 7_200_000, 86_400_000].map((span) => ago(1e12 - span, 1e12))).toEqual(['just now', '5 s ago', '2 min ago', '2 h ago', '1 day ago'])
  })
})

describe('smoothing', () => {
  test('weight 0 gives the values themselves', () => {
    const values = Float32Array.of(1, 2, 3)
    expect(smooth(values, 0)).toBe(values)
  })

  test('is not pulled towards zero at the start', () => {
    expect([...smooth(Float32Array.of(5, 5, 5), 0.9)]).toEqual([5, 5, 5])
    expect(smooth(Float32Array.of(1, 3), 0.5)[1]).toBeCloseTo((0.25 * 1 + 0.5 * 3) / 0.75)
  })

  test('leaves what is not finite as it is and out of the average', () => {
    expect([...smooth(Float32Array.of(2, NaN, Infinity, 2), 0.5)]).toEqual([2, NaN, Infinity, 2])
  })
})

describe('the address', () => {
  const full: View = {
    project: 'größe & Söhne 🏺',
    run: 'a+b=c',
    tab: 'charts',
    metrics: 'train/.*',
    search: 'mlp #1',
    axis: 'time',
    smoothing: 0.6,
    log: true,
    range: [1.5, 2e12],
    hidden: ['x', 'y&z'],
    shown: ['w'],
    ranks: true,
    panel: '<img src=x onerror=alert(1)>',
  }

  test('holds the whole view', () => {
    expect(parseView(formatView(full))).toEqual(full)
    expect(formatView(parseView(''))).toBe('')
    expect(parseView('')).toEqual(noView)
  })

  test('takes what makes no sense at its default', () => {
    expect(parseView('?project=p&smooth=lots&x=sideways&from=9&to=1&tab=?')).toEqual({ ...noView, project: 'p' })
    expect(parseView('?smooth=7').smoothing).toBe(0.99)
    expect(parseView('?run=r').run).toBeNull()
  })
})

describe('searching', () => {
  test('takes a regular expression, and plain text where it is none', () => {
    expect(['train/loss', 'val/loss'].filter(matcher('^train'))).toEqual(['train/loss'])
    expect(['f(x)', 'f[x'].filter(matcher('[x'))).toEqual(['f[x'])
    expect(['c++', 'c'].filter(matcher('C++'))).toEqual(['c++'])
    expect(matcher(' ')('anything')).toBe(true)
  })

  test('training and validation come first', () => {
    const names = ['layer/1', 'layer/2', 'lr', 'train/a', 'train/b', 'val/a', 'val/b'].map((name) => ({ name }))
    expect(sections(names).map((section) => section.name)).toEqual(['train', 'val', '', 'layer'])
  })

  test('sections follow the prefix of names, and the lone ones share the first', () => {
    const names = ['a/x', 'b', 'a/y/z', 'lone/d', '/c'].map((name) => ({ name }))
    expect(sections(names).map(({ name, members }) => [name, members.map((member) => member.name)])).toEqual([
      ['', ['b', 'lone/d', '/c']],
      ['a', ['a/x', 'a/y/z']],
    ])
  })
})

describe('the console', () => {
  test('keeps colours and drops every other escape sequence', () => {
    expect(parseAnsi('\x1b[1;31mred\x1b[0m plain\x1b[2K\x1b]0;title\x07 end')).toEqual([
      { text: 'red', look: 'ansi-bold ansi-red' },
      { text: ' plain', look: '' },
      { text: ' end', look: '' },
    ])
    expect(parseAnsi('\x1b[38;5;2mok\x1b[39m\x1b[38;2;1;2;3mrgb')).toEqual([
      { text: 'ok', look: 'ansi-green' },
      { text: 'rgb', look: '' },
    ])
    expect(parseAnsi('<b>\ttext</b>')).toEqual([{ text: '<b>\ttext</b>', look: '' }])
  })
})

test('a CSV file quotes names and gives spreadsheets no formula', () => {
  const { lines } = decode(answer(1, [{ run: '=HYPERLINK("x")', metric: 'a,b', bin: [3], values: [0.1] }]))
  expect(toCsv(lines.map((line) => ({ line })), 'step')).toBe(
    'run,writer,metric,step,bin_width,last,min,max,count\n"\'=HYPERLINK(""x"")",,"a,b",3,1,0.1,0.1,0.1,1\n',
  )
})
