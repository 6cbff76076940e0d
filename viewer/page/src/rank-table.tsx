import { useState } from 'preact/hooks'
import { Icon, StateMark } from './icons'
import { ago, clock, counted, grouped } from './numbers'
import { byConcern, byRank, current, earlier, since } from './ranks'
import type { Run, Writer } from './source'
import { now } from './state'

type Order = 'state' | 'rank' | 'heard'

const orders: Record<Order, (a: Writer, b: Writer) => number> = {
  state: (a, b) => byConcern.indexOf(a.state) - byConcern.indexOf(b.state) || byRank(a, b),
  rank: byRank,
  heard: (a, b) => (since(a) ?? 0) - (since(b) ?? 0) || byRank(a, b),
}

/** Rows that are made at first; a job of more ranks shows the rest when asked. */
const rowLimit = 256

/** The processes of a run: those at it now, the worst first, and those that they continue. */
export function RankTable({ run }: { run: Run }) {
  const [order, setOrder] = useState<Order>('state')
  const before = earlier(run)
  return (
    <>
      <Rows writers={current(run).sort(orders[order])} order={order} onOrder={setOrder} />
      {before.length > 0 && (
        <details class="earlier">
          <summary>
            <Icon name="chevron" />
            {counted(before.length, 'earlier process').replace('processs', 'processes')}, continued by those above
          </summary>
          <Rows writers={before} order={null} onOrder={setOrder} />
        </details>
      )}
    </>
  )
}

function Rows({ writers, order, onOrder }: { writers: readonly Writer[]; order: Order | null; onOrder: (order: Order) => void }) {
  const [all, setAll] = useState(false)
  const shown = all ? writers : writers.slice(0, rowLimit)
  return (
    <div class="scroll">
      <table class="table">
        <thead>
          <tr>
            <SortHead name="Rank" by="rank" order={order} onOrder={onOrder} />
            <SortHead name="State" by="state" order={order} onOrder={onOrder} />
            <SortHead name="Since" by="heard" order={order} onOrder={onOrder} />
            <th>Host</th>
            <th>Process</th>
            <th class="number">Rows</th>
            <th class="number">Dropped</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((writer) => (
            <Row key={writer.writer} writer={writer} />
          ))}
        </tbody>
      </table>
      {shown.length < writers.length && (
        <button class="button" onClick={() => setAll(true)}>
          Show all {grouped(writers.length)}
        </button>
      )}
    </div>
  )
}

function SortHead({ name, by, order, onOrder }: { name: string; by: Order; order: Order | null; onOrder: (order: Order) => void }) {
  if (order === null) return <th>{name}</th>
  return (
    <th aria-sort={order === by ? 'ascending' : 'none'}>
      <button class="sort" aria-pressed={order === by} onClick={() => onOrder(by)}>
        {name}
      </button>
    </th>
  )
}

function Row({ writer }: { writer: Writer }) {
  const time = since(writer)
  return (
    <tr id={`writer-${writer.writer}`} title={writer.writer}>
      <td>
        {writer.rank} <span class="faint">of {writer.world_size}</span>
        {writer.parent_writer && <span class="tag">forked process</span>}
      </td>
      <td>
        <span class="with-mark">
          <StateMark state={writer.state} /> {writer.state}
        </span>
        {writer.failure && <div class="row-failure">{writer.failure}</div>}
        {writer.hidden_from !== null && <div class="faint">hidden from step {grouped(writer.hidden_from)} on</div>}
      </td>
      <td>
        {time !== null && (
          <span title={clock(time)}>
            {writer.state === 'running' ? 'heard of ' : ''}
            {ago(time, now.value)}
            {writer.state !== 'running' && <span class="faint">, {clock(time).slice(11)}</span>}
          </span>
        )}
      </td>
      <td>{writer.host}</td>
      <td>{writer.process_id}</td>
      <td class="number">{grouped(Object.values(writer.rows ?? {}).reduce((sum, rows) => sum + rows, 0))}</td>
      <td class={`number ${writer.dropped > 0 ? 'state-text-failed' : ''}`}>{grouped(writer.dropped)}</td>
    </tr>
  )
}
