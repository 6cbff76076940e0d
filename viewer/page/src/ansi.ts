/** A stretch of console text in one look. */
export interface Stretch {
  readonly text: string
  /** Names of the style sheet's classes, apart by spaces. */
  readonly look: string
}

const colours = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']
// Sequences that set a look, other control sequences, titles and other strings, and single control characters but the tab.
const escapes = /\x1b\[([0-9;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]|[\x00-\x08\x0a-\x1f\x7f]/g

/** Reads a line with the escape sequences of terminals: the sixteen colours, bold, faint, italic and underlined are kept, all else goes. */
export function parseAnsi(line: string): Stretch[] {
  const stretches: Stretch[] = []
  const marks = new Set<string>()
  let colour = ''
  let end = 0
  const push = (text: string) => {
    if (text) stretches.push({ text, look: [...marks, colour].filter(Boolean).join(' ') })
  }
  for (const found of line.matchAll(escapes)) {
    push(line.slice(end, found.index))
    end = found.index + found[0].length
    if (found[1] === undefined) continue
    const codes = found[1].split(/[;:]/).map(Number)
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]!
      if (code === 0) {
        marks.clear()
        colour = ''
      } else if (code === 1) marks.add('ansi-bold')
      else if (code === 2) marks.add('ansi-faint')
      else if (code === 3) marks.add('ansi-italic')
      else if (code === 4) marks.add('ansi-underline')
      else if (code === 22) {
        marks.delete('ansi-bold')
        marks.delete('ansi-faint')
      } else if (code === 23) marks.delete('ansi-italic')
      else if (code === 24) marks.delete('ansi-underline')
      else if (code >= 30 && code <= 37) colour = `ansi-${colours[code - 30]}`
      else if (code === 39) colour = ''
      else if (code >= 90 && code <= 97) colour = `ansi-${colours[code - 90]}`
      else if (code === 38 || code === 48) {
        // A colour out of 256 or of 16 million: the first sixteen have names here, the others are left as they are.
        const palette = codes[i + 1] === 5
        const index = codes[i + 2] ?? 16
        if (code === 38) colour = palette && index < 16 ? `ansi-${colours[index % 8]}` : ''
        i += palette ? 2 : 4
      }
    }
  }
  push(line.slice(end))
  return stretches
}
