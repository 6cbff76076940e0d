import { signal } from '@preact/signals'
import { Icon } from './icons'
import { Dialog } from './shell'

/** The keys of the page. */

export const helpOpen = signal(false)

type Handler = (event: KeyboardEvent) => void
const handlers = new Map<string, Handler>()

/** Handles keys until the returned function is called. */
export function bindKeys(keys: Record<string, Handler>): () => void {
  for (const [key, handler] of Object.entries(keys)) handlers.set(key, handler)
  return () => {
    for (const [key, handler] of Object.entries(keys)) if (handlers.get(key) === handler) handlers.delete(key)
  }
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const target = event.target as HTMLElement
  if (target.closest('input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]')) return
  if (event.key === '?') {
    helpOpen.value = !helpOpen.value
    event.preventDefault()
    return
  }
  if (document.querySelector('dialog[open]')) return
  // A focused button or link keeps its Enter.
  if (event.key === 'Enter' && target.closest('a, button, summary')) return
  handlers.get(event.key)?.(event)
})

const keys: [keys: string[], text: string][] = [
  [['/'], 'Search metrics, or projects on the first page'],
  [['f'], 'Search runs'],
  [['j', 'k'], 'Next and previous run'],
  [['x'], 'Show or hide that run in the charts'],
  [['Enter'], 'Open that run'],
  [['?'], 'This help'],
  [['Esc'], 'Close, or empty a search'],
]

const gestures: [gesture: string, text: string][] = [
  ['Drag in a chart', 'Zoom in; it is read again at full resolution'],
  ['Double click', 'Back to everything'],
  ['Alt + click on an eye', 'Show only that run'],
]

export function Help() {
  if (!helpOpen.value) return null
  const close = () => (helpOpen.value = false)
  return (
    <Dialog label="Help" class="help" onClose={close}>
      <div class="dialog-head">
        <h2>Keys and gestures</h2>
        <button class="button-icon" onClick={close} aria-label="Close">
          <Icon name="close" />
        </button>
      </div>
      <dl class="help-list">
        {keys.map(([names, text]) => (
          <div key={text}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
        {gestures.map(([name, text]) => (
          <div key={text}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <p class="help-text">
        A line runs through the last value of each bin, and its band from the least to the greatest: a spike of a single step is seen at any
        zoom. A cross marks NaN, a triangle an infinite value. Smoothing is an exponential moving average without bias over the bins, with
        the values themselves faint behind.
      </p>
    </Dialog>
  )
}
