import { useEffect, useRef, useState } from 'preact/hooks'

/** The style sheet's grid of panels: least width, height and gap. */
const panelWidth = 370
const panelHeight = 286
const gap = 16
/** Rows that are made beyond each edge of the view. */
const spare = 1

interface Place {
  readonly columns: number
  readonly first: number
  readonly last: number
}

/**
 * Many panels in a grid of which only those near the view are made, so that a hundred thousand metrics cost as much as a screenful. The
 * height of the others is kept free, so that the scroll bar tells the truth.
 */
export function VirtualGrid<T>({ items, children }: { items: readonly T[]; children: (item: T) => preact.ComponentChild }) {
  const host = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState<Place>({ columns: 1, first: 0, last: 0 })
  const rowHeight = panelHeight + gap

  useEffect(() => {
    const element = host.current!
    const scroller = element.closest('main')!
    const measure = () => {
      const { top, width } = element.getBoundingClientRect()
      const view = scroller.getBoundingClientRect()
      const columns = Math.max(1, Math.floor((width + gap) / (panelWidth + gap)))
      const rows = Math.ceil(items.length / columns)
      const first = Math.min(rows, Math.max(0, Math.floor((view.top - top) / rowHeight) - spare))
      const last = Math.max(first, Math.min(rows, Math.ceil((view.bottom - top) / rowHeight) + spare))
      setPlace((before) => (before.columns === columns && before.first === first && before.last === last ? before : { columns, first, last }))
    }
    measure()
    const sized = new ResizeObserver(measure)
    sized.observe(scroller)
    sized.observe(element)
    scroller.addEventListener('scroll', measure, { passive: true })
    return () => {
      sized.disconnect()
      scroller.removeEventListener('scroll', measure)
    }
  }, [items.length])

  const rows = Math.ceil(items.length / place.columns)
  const last = Math.min(place.last, rows)
  return (
    <div class="virtual" ref={host} style={{ height: `${rows * rowHeight - gap}px` }}>
      <div class="grid" style={{ transform: `translateY(${place.first * rowHeight}px)`, gridTemplateColumns: `repeat(${place.columns}, 1fr)` }}>
        {items.slice(place.first * place.columns, last * place.columns).map(children)}
      </div>
    </div>
  )
}
