import { expect, test } from 'vitest'
import { decode } from '../src/bins'
import { Feed, type Wanted } from '../src/feed'
import { SourceError, type SeriesQuery, type Source } from '../src/source'
import { answer } from './answers'

const wanted: Wanted = {
  project: 'p',
  runs: ['a', 'b'],
  metric: 'loss',
  stream: 'metrics',
  axis: 'step',
  bins: 100,
  range: null,
  ranks: false,
}

/** A source that answers series by hand, and a feed of it. */
function served(reply: (query: SeriesQuery) => ArrayBuffer) {
  const queries: SeriesQuery[] = []
  let idle: () => void = () => {}
  const source = {
    series: async (query: SeriesQuery) => {
      queries.push(query)
      return decode(reply(query))
    },
  } as unknown as Source
  const feed = new Feed(source, () => idle())
  const changed = () => new Promise<void>((done) => (idle = done))
  return { feed, queries, changed }
}

const bothRuns = answer(1, ['a', 'b'].map((run) => ({ run, bin: [0, 1], values: [1, 2] })))

test('asks for all runs at once, and not again for those it holds', async () => {
  const { feed, queries, changed } = served(() => bothRuns)
  feed.want(wanted)
  await changed()
  feed.want({ ...wanted, runs: ['a'] })
  feed.want(wanted)
  expect(queries.map((query) => query.runs)).toEqual([['a', 'b']])
  expect(feed.whole.map((line) => line.run)).toEqual(['a', 'b'])
})

test('asks only for what is new and merges it', async () => {
  const { feed, queries, changed } = served((query) =>
    query.since ? answer(1, [{ run: 'b', bin: [2], values: [3] }], { whole: false, watermark: 'w2' }) : bothRuns,
  )
  feed.want(wanted)
  await changed()
  feed.refresh(['b'])
  await changed()
  expect(queries[1]!.since).toEqual({ width: 1, watermark: 'w1' })
  expect([...feed.whole[1]!.bins.last]).toEqual([1, 2, 3])
  feed.refresh(['b'])
  await changed()
  expect(queries[2]!.since).toEqual({ width: 1, watermark: 'w2' })
})

test('says what its lines are without, until an answer is whole', async () => {
  const problems = [{ key: 'a.parquet', message: 'Cannot read a.parquet: nothing answers' }]
  const half = [{ run: 'a', bin: [0], values: [1] }]
  const { feed, changed } = served((query) => (query.since ? bothRuns : answer(1, half, { problems })))
  feed.want(wanted)
  await changed()
  expect(feed.problems).toEqual(problems)
  feed.refresh(['b'])
  await changed()
  expect(feed.problems).toEqual([])
  expect(feed.whole.map((line) => line.run)).toEqual(['a', 'b'])
})

test('replaces what it holds when the answer is everything', async () => {
  const { feed, changed } = served((query) => (query.since ? answer(20, [{ run: 'a', bin: [0], values: [9] }]) : bothRuns))
  feed.want(wanted)
  await changed()
  feed.refresh(null)
  await changed()
  expect(feed.whole).toHaveLength(1)
  expect(feed.whole[0]!.bins.width).toBe(20)
})

test('asks anew when a line has outgrown its bins', async () => {
  const { feed, queries, changed } = served((query) =>
    query.since ? answer(1, [{ run: 'a', bin: [500], values: [3], first: 0, last: 500 }], { whole: false }) : bothRuns,
  )
  feed.want(wanted)
  await changed()
  feed.refresh(['a'])
  await changed()
  expect(queries.map((query) => query.since !== null)).toEqual([false, true, false])
})

test('reads a zoomed range at full resolution and keeps the whole for the way back', async () => {
  const { feed, queries, changed } = served(() => bothRuns)
  feed.want(wanted)
  await changed()
  feed.want({ ...wanted, range: [10, 20] })
  expect(feed.zoomed).toBeNull()
  await changed()
  expect(queries[1]!.range).toEqual([10, 20])
  expect(feed.zoomed!.range).toEqual([10, 20])
  feed.want(wanted)
  expect(feed.zoomed).toBeNull()
  expect(queries).toHaveLength(2)
})

test('gives up a watermark that is refused for a new one', async () => {
  const { feed, queries, changed } = served((query) => {
    if (query.since) throw new SourceError('no such watermark', 400)
    return bothRuns
  })
  feed.want(wanted)
  await changed()
  feed.refresh(null)
  await changed()
  expect(feed.error).toBeNull()
  expect(queries).toHaveLength(3)
})

test('says what went wrong, keeps what it holds, and tries again when told', async () => {
  let broken = false
  const { feed, changed } = served(() => {
    if (broken) throw new SourceError('The disk is gone', 500)
    return bothRuns
  })
  feed.want(wanted)
  await changed()
  broken = true
  feed.refresh(null)
  await changed()
  expect(feed.error).toBe('The disk is gone')
  expect(feed.whole).toHaveLength(2)
  broken = false
  feed.refresh(null)
  await changed()
  expect(feed.error).toBeNull()
})
