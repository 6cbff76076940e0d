import { expect, test } from 'vitest'
import { stroke } from '../src/palette'

type Rgb = [number, number, number]

function linear(colour: string): Rgb {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

function contrast(a: string, b: string): number {
  const luminance = (colour: string) => {
    const [red, green, blue] = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

// What people without red, green or blue cones see, in linear RGB (Machado, Oliveira and Fernandes, 2009, at full severity).
const blindness: Record<string, Rgb[]> = {
  none: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}

/** Distance in Oklab, in which equal distances look about equal; 0.02 is just noticeable side by side. */
function distance(a: string, b: string, kind: string): number {
  const seen = (colour: string) => oklab(blindness[kind]!.map((row) => row.reduce((sum, weight, i) => sum + weight * linear(colour)[i]!, 0)) as Rgb)
  const [p, q] = [seen(a), seen(b)]
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])
}

function oklab([red, green, blue]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

const grounds = { light: '#ffffff', dark: '#1c1b19' } as const

for (const theme of ['light', 'dark'] as const) {
  test(`lines stand out from the ${theme} ground`, () => {
    for (let n = 0; n < 10; n++) expect(contrast(stroke(n)[theme], grounds[theme]), stroke(n)[theme]).toBeGreaterThan(3)
  })

  test(`ten ${theme} lines stay apart for the colour-blind`, () => {
    const close: string[] = []
    for (const kind of Object.keys(blindness)) {
      for (let a = 0; a < 10; a++) {
        for (let b = 0; b < a; b++) {
          const apart = distance(stroke(a)[theme], stroke(b)[theme], kind)
          if (apart < 0.07) close.push(`${kind}: ${stroke(a)[theme]} and ${stroke(b)[theme]} are ${apart.toFixed(3)} apart`)
        }
      }
    }
    expect(close).toEqual([])
  })
}

test('from the eleventh on lines are told apart by dashes', () => {
  expect(stroke(0).dash).toEqual([])
  expect(stroke(10).light).toBe(stroke(0).light)
  expect(new Set([0, 10, 20, 30].map((n) => stroke(n).dash.join())).size).toBe(4)
})
