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
  ['#1a68c6', '#6296ff'],
  ['#fd4334', '#ffaf4d'],
  ['#1e8a6a', '#52ce96'],
  ['#ab2484', '#f67bc9'],
  ['#788900', '#f0df11'],
  ['#633ad3', '#afa9ff'],
  ['#0096bf', '#4edfff'],
  ['#930f18', '#ea677d'],
  ['#545755', '#cec4cd'],
  ['#8d5600', '#cd9d4f'],
]

const dashes: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3]]

const strokes: readonly Stroke[] = dashes.flatMap((dash) => colours.map(([light, dark]) => ({ light, dark, dash })))

/** The stroke of the n-th line, always the same object for the same n. */
export function stroke(n: number): Stroke {
  return strokes[n % strokes.length]!
}
