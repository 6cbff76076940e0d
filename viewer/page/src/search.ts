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

/** Prefixes that say how well a training goes, which is what people come for. */
const leading = ['train', 'training', 'val', 'valid', 'validation', 'dev', 'eval', 'test']

/**
 * Puts things into sections by the prefix of their names: training and validation first, then those without a prefix together with those
 * that are alone in theirs, since a section for each would be mostly empty, then the rest in the order given.
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
  const placed = new Set(shared.flatMap((section) => section.members))
  const rest = things.filter((thing) => !placed.has(thing))
  const rank = (section: Section<T>) => leading.indexOf(section.name.toLowerCase())
  const first = shared.filter((section) => rank(section) >= 0).sort((a, b) => rank(a) - rank(b))
  const last = shared.filter((section) => rank(section) < 0)
  return [...first, ...(rest.length ? [{ name: '', members: rest }] : []), ...last]
}
