import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Problem } from './bins'
import { BucketTrouble, RequestCount } from './bucket'
import { Icon, Logo } from './icons'
import { connection } from './live'
import { counted } from './numbers'
import { follow, link, theme, toggleTheme, view, visible } from './state'
import { helpOpen } from './keys'

/** What stands around every page. */
export function Header({ children }: { children?: ComponentChildren }) {
  return (
    <>
    <header class="header">
      <a class="brand" href={link({})} onClick={(event) => follow(event, {})} aria-label="Ostraka, all projects">
        <Logo />
        <span class="brand-name">Ostraka</span>
      </a>
      <nav class="crumbs" aria-label="Where you are">
        {children}
      </nav>
      <RequestCount />
      <ConnectionStatus />
      <button class="button-icon" onClick={toggleTheme} aria-label={theme.value === 'dark' ? 'Light theme' : 'Dark theme'} title="Light or dark">
        <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} />
      </button>
      <button class="button-icon" onClick={() => (helpOpen.value = true)} aria-label="Help" title="Help (?)">
        <span class="help-mark">?</span>
      </button>
    </header>
    <BucketTrouble />
    </>
  )
}

export function Crumb({ to, children }: { to: { project: string; run?: string }; children: ComponentChildren }) {
  const here = view.value.project === to.project && view.value.run === (to.run ?? null)
  return (
    <>
      <span class="crumb-slash" aria-hidden="true">
        /
      </span>
      <a class="crumb" href={link(to)} onClick={(event) => follow(event, to)} aria-current={here ? 'page' : undefined}>
        {children}
      </a>
    </>
  )
}

function ConnectionStatus() {
  const state = visible.value ? connection.value : 'live'
  const texts = { live: 'Live', connecting: 'Connecting', lost: 'Reconnecting' }
  const titles = {
    live: 'What is logged appears here as it is published',
    connecting: 'Connecting to the viewer',
    lost: 'The viewer does not answer; what is shown may be old. Trying again every two seconds',
  }
  return (
    <span class={`connection connection-${state}`} role="status" title={titles[state]}>
      <span class="connection-dot" />
      {texts[state]}
    </span>
  )
}

/** A search field; Escape empties it and leaves. */
export function Search(props: { id: string; label: string; value: string; onInput: (text: string) => void; hint?: string }) {
  return (
    <label class="search">
      <Icon name="search" />
      <input
        id={props.id}
        type="search"
        spellcheck={false}
        autocomplete="off"
        aria-label={props.label}
        placeholder={props.label}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          if (props.value) props.onInput('')
          else event.currentTarget.blur()
          event.stopPropagation()
        }}
      />
      {props.hint && <kbd>{props.hint}</kbd>}
    </label>
  )
}

/** What a request answered instead of what was asked for. */
export function ErrorNote({ message, retry }: { message: string; retry?: () => void }) {
  return (
    <div class="note note-error" role="alert">
      <Icon name="warning" />
      <p>{message}</p>
      {retry && (
        <button class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  )
}

/** Shards and cards that could not be read: named, with what to do, and out of the way. */
export function Problems({ problems }: { problems: readonly Problem[] }) {
  if (!problems.length) return null
  return (
    <details class="note note-problems">
      <summary>
        <Icon name="warning" />
        {counted(problems.length, 'file')} left out or missing, everything else is shown
      </summary>
      <ul>
        {problems.map((problem) => (
          <li key={problem.key}>
            <p>{problem.message}</p>
            <code>{problem.key}</code>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** A dialog over the page; Escape and a click beside it close it, and the focus returns to where it was. */
export function Dialog(props: { label: string; class: string; onClose: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
    // Not its first button, which a stray Enter would press.
    dialog.current?.focus()
  }, [])
  return (
    <dialog
      ref={dialog}
      class={`dialog ${props.class}`}
      aria-label={props.label}
      tabIndex={-1}
      onClose={props.onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close()
      }}
    >
      {props.children}
    </dialog>
  )
}
