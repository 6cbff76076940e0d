/** A test whether a name is searched for: by regular expression without regard to case, or by plain text where it is none. */
export function matcher(text: string): (name: string) => boolean {
  const wanted = text.trim()
  if (!wanted) return () => true
  const lower = wanted.toLowerCase()
  try {
    const pattern = new RegExp(wanted, 'i')
    return (name) => pattern.test(name) || name.toLowerCase().includes(lower)
  } catch {
    return (name) => name.toLowerCase().includes(lower)
  }
}

export interface Section<T> {
  /** The part of the names before the first slash, empty for names without one. */
  readonly name: string
  readonly members: T[]
}

/** Puts things into sections by the prefix of their names; those without a prefix come first, the rest in the order given. */
export function sections<T extends { readonly name: string }>(things: readonly T[]): Section<T>[] {
  const found = new Map<string, T[]>()
  for (const thing of things) {
    const slash = thing.name.indexOf('/')
    const prefix = slash > 0 ? thing.name.slice(0, slash) : ''
    const members = found.get(prefix)
    if (members) members.push(thing)
    else found.set(prefix, [thing])
  }
  const all = [...found].map(([name, members]) => ({ name, members }))
  return [...all.filter((section) => !section.name), ...all.filter((section) => section.name)]
}
