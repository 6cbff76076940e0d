/**
 * The colours of lines: ten that stay apart for people with the common kinds of colour blindness and stand out from both backgrounds, then
 * the same again dashed.
 */

export interface Stroke {
  readonly light: string
  readonly dark: string
  /** Lengths of strokes and gaps in CSS pixels; empty for a solid line. */
  readonly dash: readonly number[]
}

const colours: readonly (readonly [light: string, dark: string])[] = [
  ['#1f66c7', '#6ea8ff'],
  ['#d1560f', '#ff9a52'],
  ['#0b8a6a', '#2fcf9f'],
  ['#b02a7a', '#f487c4'],
  ['#7d8a00', '#d9dc58'],
  ['#6a43c0', '#b196ff'],
  ['#0e8fb3', '#4fd3f2'],
  ['#a3262a', '#ff7a78'],
  ['#55606e', '#b4bfcc'],
  ['#8a5a16', '#d6a45c'],
]

const dashes: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3]]

/** The stroke of the n-th line. */
export function stroke(n: number): Stroke {
  const [light, dark] = colours[n % colours.length]!
  return { light, dark, dash: dashes[Math.floor(n / colours.length) % dashes.length]! }
}

export const strokeCount = colours.length * dashes.length
