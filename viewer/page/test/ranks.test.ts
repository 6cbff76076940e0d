import { describe, expect, test } from 'vitest'
import { counts, current, earlier, heat, overdue, rankSpans, resumes, since } from '../src/ranks'
import type { Run, Writer } from '../src/source'

const now = Date.parse('2026-11-21T12:00:00Z')

function writer(rank: number, fields: Partial<Writer> = {}): Writer {
  return {
    writer: `r${String(rank).padStart(6, '0')}-${fields.started_at ?? 'first'}`,
    rank,
    world_size: 4,
    state: 'running',
    host: null,
    process_id: null,
    started_at: '2026-11-21T10:00:00Z',
    heartbeat_at: '2026-11-21T11:59:55Z',
    heartbeat_seconds: 10,
    finished_at: null,
    failure: null,
    dropped: 0,
    parent_writer: null,
    supersedes: [],
    resume_step: null,
    continued: false,
    hidden_from: null,
    rows: {},
    command: null,
    git: null,
    client: null,
    ...fields,
  }
}

function run(...writers: Writer[]): Run {
  return { run: 'a', writers } as unknown as Run
}

describe('ranks', () => {
  test('are told by the writers that no other continues', () => {
    const old = writer(0, { continued: true })
    const young = writer(0, { started_at: '2026-11-21T11:00:00Z', supersedes: [old.writer], resume_step: 5 })
    const both = run(old, young, writer(1))
    expect(current(both).map((one) => one.rank)).toEqual([0, 1])
    expect(current(both)[0]).toBe(young)
    expect(earlier(both)).toEqual([old])
    expect(resumes(both)).toEqual([young])
  })

  test('are counted with the worst state first', () => {
    const all = [writer(0), writer(1, { state: 'finished' }), writer(2, { state: 'failed' }), writer(3), writer(4, { state: 'stalled' })]
    expect(counts(all)).toEqual([
      ['failed', 1],
      ['stalled', 1],
      ['running', 2],
      ['finished', 1],
    ])
  })

  test('are overdue between the heartbeat they owe and the crash', () => {
    const at = (secondsAgo: number, state: Writer['state'] = 'running') =>
      writer(secondsAgo, { state, heartbeat_at: new Date(now - 1000 * secondsAgo).toISOString() })
    expect(overdue(run(at(5), at(15), at(20), at(35), at(30, 'failed')), now).map((one) => one.rank)).toEqual([35, 20])
    expect(overdue(run(at(20), at(35)), now, true).map((one) => one.rank)).toEqual([35])
    expect(heat(at(0), now)).toBe(0)
    expect(heat(at(20), now)).toBe(0.5)
    expect(heat(at(99), now)).toBe(1)
    expect(heat(at(99, 'finished'), now)).toBe(0)
  })

  test('have been in their state since they ended, or were last heard of', () => {
    expect(since(writer(0))).toBe(Date.parse('2026-11-21T11:59:55Z'))
    expect(since(writer(0, { finished_at: '2026-11-21T11:00:00Z' }))).toBe(Date.parse('2026-11-21T11:00:00Z'))
    expect(since(writer(0, { heartbeat_at: null }))).toBeNull()
  })

  test('are written as spans', () => {
    expect(rankSpans([7, 0, 1, 2, 3, 9, 10])).toBe('0–3, 7, 9, 10')
    expect(rankSpans([])).toBe('')
  })
})
