import { computed, effect, signal } from '@preact/signals'
import { formatView, noView, parseView, type View } from './address'
import { httpSource } from './http-source'

/** What is shared by the whole page: the view that the address holds, the theme, the time, the source. */

export const source = httpSource('api/v1/')

export const view = signal<View>(parseView(location.search))

addEventListener('popstate', () => {
  view.value = parseView(location.search)
})

/** Goes to another view, so that the browser's back button returns. */
export function go(change: Partial<View>): void {
  view.value = { ...view.value, ...change }
  history.pushState(null, '', location.pathname + formatView(view.value))
}

let pending: ReturnType<typeof setTimeout> | undefined

/** Changes how the view looks; the address follows a moment later, since browsers refuse to change it hundreds of times a second. */
export function adjust(change: Partial<View>): void {
  view.value = { ...view.value, ...change }
  clearTimeout(pending)
  pending = setTimeout(() => history.replaceState(null, '', location.pathname + formatView(view.value)), 150)
}

/** The address of a view that starts from nothing. */
export function link(change: Partial<View>): string {
  return location.pathname + formatView({ ...noView, ...change })
}

/** Follows a link within the page without loading it anew, unless the reader asks for another tab or window. */
export function follow(event: MouseEvent, change: Partial<View>): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return
  event.preventDefault()
  go({ ...noView, ...change })
}

export type Theme = 'light' | 'dark'

const systemDark = matchMedia('(prefers-color-scheme: dark)')
const systemTheme = signal<Theme>(systemDark.matches ? 'dark' : 'light')
systemDark.addEventListener('change', () => {
  systemTheme.value = systemDark.matches ? 'dark' : 'light'
})

const storedTheme = document.documentElement.dataset.theme
const chosenTheme = signal<Theme | null>(storedTheme === 'light' || storedTheme === 'dark' ? storedTheme : null)

export const theme = computed<Theme>(() => chosenTheme.value ?? systemTheme.value)

/** Changes between light and dark. A choice that is the system's too is not kept, so that the page follows the system again. */
export function toggleTheme(): void {
  const next = theme.value === 'dark' ? 'light' : 'dark'
  chosenTheme.value = next === systemTheme.value ? null : next
  const { dataset } = document.documentElement
  if (chosenTheme.value) dataset.theme = chosenTheme.value
  else delete dataset.theme
  try {
    if (chosenTheme.value) localStorage.setItem('ostraka.theme', chosenTheme.value)
    else localStorage.removeItem('ostraka.theme')
  } catch {
    // Storage can be forbidden; the choice then lasts as long as the page.
  }
}

/** How far the clock of the source is ahead of the browser's; ages are told by the former. */
let ahead = 0

/** The time by the clock of the source, renewed every second while the page is visible. */
export const now = signal(Date.now())

/** Takes in what time it is at the source. */
export function setClock(sourceNow: string | undefined): void {
  const difference = Date.parse(sourceNow ?? '') - Date.now()
  // Less than a second is the way of the answer.
  if (Number.isFinite(difference)) ahead = Math.abs(difference) < 1000 ? 0 : difference
}

export const visible = signal(!document.hidden)
document.addEventListener('visibilitychange', () => {
  visible.value = !document.hidden
})

effect(() => {
  if (!visible.value) return
  const tick = () => {
    now.value = Date.now() + ahead
  }
  tick()
  const timer = setInterval(tick, 1000)
  return () => clearInterval(timer)
})
