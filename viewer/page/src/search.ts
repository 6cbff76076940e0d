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
  /** The part of the names before the first slash, empty for the section of those that share none. */
  readonly name: string
  readonly members: T[]
}

/**
 * Puts things into sections by the prefix of their names, in the order given. Those without a prefix come first, together with those
 * that are alone in theirs, since a section for each would be mostly empty.
 */
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
  const shared = all.filter((section) => section.name && section.members.length > 1)
  const rest = things.filter((thing) => !shared.some((section) => section.members.includes(thing)))
  return rest.length ? [{ name: '', members: rest }, ...shared] : shared
}
