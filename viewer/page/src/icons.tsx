import type { State } from './source'

/** Small pictures, drawn in the colour of the text around them. */

const paths = {
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Z M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  eyeOff: 'M2.5 2.5l11 11M6.2 4A6.6 6.6 0 0 1 8 3.7C12 3.7 14.5 8 14.5 8a12 12 0 0 1-2 2.5M4.3 5.3A11.5 11.5 0 0 0 1.5 8S4 12.3 8 12.3a6.4 6.4 0 0 0 2.8-.6',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4M3.2 3.2l1 1M11.8 11.8l1 1M12.8 3.2l-1 1M4.2 11.8l-1 1',
  moon: 'M13.6 9.6A6 6 0 0 1 6.4 2.4a6 6 0 1 0 7.2 7.2Z',
  expand: 'M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  image: 'M2.5 3h11v10h-11zM2.5 11l3.5-3.5 3 3L11 8.5l2.5 2.5M10.5 6h.01',
  table: 'M2.5 3h11v10h-11zM2.5 6.5h11M2.5 9.8h11M6.5 3v10',
  chevron: 'M5.5 3.5 10 8l-4.5 4.5',
  reset: 'M3 8a5 5 0 1 0 1.6-3.7M3 2.5v2.8h2.8',
  warning: 'M8 2 1.5 13.5h13ZM8 6.5v3.2M8 11.7h.01',
  bucket: 'M2.5 4.5h11L12 13.5H4ZM2.5 4.5C2.5 3.4 5 2.5 8 2.5s5.5.9 5.5 2',
  arrow: 'M3 8h9.5M8.5 4l4 4-4 4',
} as const

export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}

/** What stands in the disc of a state. */
export const stateMarks: Record<State, string> = {
  running: '',
  stalled: 'M4 3.4v5.2M8 3.4v5.2',
  finished: 'M3.2 6.2 5.2 8.2 8.8 4.2',
  failed: 'M3.8 3.8l4.4 4.4M8.2 3.8 3.8 8.2',
  crashed: 'M6 2.9v3.9M6 9h.01',
}

const explanations: Record<State, string> = {
  running: 'running',
  stalled: 'stalled: the process lives but has stopped moving',
  finished: 'finished',
  failed: 'failed',
  crashed: 'crashed: nothing was heard of it for four heartbeats',
}

/** The state of a run or writer: a colour and a shape, so that neither is needed to tell. */
export function StateMark({ state }: { state: State }) {
  return (
    <svg class={`state state-${state}`} viewBox="0 0 12 12" role="img" aria-label={state}>
      <title>{explanations[state] ?? state}</title>
      {state === 'running' && <circle class="state-pulse" cx="6" cy="6" r="3.5" />}
      <circle class="state-disc" cx="6" cy="6" r={state === 'running' ? 3.5 : 5.5} />
      <path d={stateMarks[state] ?? ''} />
    </svg>
  )
}

/** The mark of the product: a shard with a curve scratched into it. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
      <path class="logo-shard" d="M5.2 6.4 17.6 2.6l10 6.2 1.6 10.8-6.4 9.2-12.4.8L2.8 19.4z" />
      <path class="logo-curve" d="M7.6 11.2c2.2 7 5.2 10 8.6 10.4 3 .4 5.4-.6 8-2.2" />
    </svg>
  )
}
