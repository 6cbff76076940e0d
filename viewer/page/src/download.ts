import type { Axis } from './address'
import { positions } from './bins'
import type { Trace } from './chart'
import { exact, exactFloat32 } from './numbers'

/** Hands a file to the reader. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  const anchor = document.createElement('a')
  anchor.href = address
  anchor.download = name
  anchor.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** The bins on the screen as comma-separated values, a row per bin. */
export function toCsv(traces: readonly Pick<Trace, 'line'>[], axis: Axis): string {
  const rows = [['run', 'writer', 'metric', axis, 'bin_width', 'last', 'min', 'max', 'count'].join(',')]
  for (const { line } of traces) {
    const xs = positions(line, axis === 'step')
    const { bins } = line
    for (let i = 0; i < xs.length; i++) {
      const texts = [line.run, line.writer ?? '', line.metric].map(quoted)
      const numbers = [exact(xs[i]!), exact(bins.width), exactFloat32(bins.last[i]!), exactFloat32(bins.min[i]!), exactFloat32(bins.max[i]!), String(bins.count[i])]
      rows.push([...texts, ...numbers].join(','))
    }
  }
  return rows.join('\n') + '\n'
}

/**
 * A field of a CSV file. A text that a spreadsheet would take for a formula is given an apostrophe before it, as names are other people's
 * input.
 */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
