import { expect, test } from 'vitest'
import { bytes } from '../src/numbers'
import { dailyCost, perSecond, type Sample } from '../src/requests'

const none = { list: 0, get: 0, put: 0, head: 0, delete: 0, received_bytes: 0 }

function sample(seconds: number, requests: Partial<Sample['requests']>): Sample {
  return { at: seconds * 1000, requests: { ...none, ...requests } }
}

test('a rate is told once there is half a minute to tell it from', () => {
  expect(perSecond([])).toBeNull()
  expect(perSecond([sample(0, {}), sample(29, { list: 5 })])).toBeNull()
  expect(perSecond([sample(100, { list: 10, get: 5 }), sample(160, { list: 30, get: 45, head: 1 })])).toBeCloseTo(61 / 60)
})

test('a day costs what its requests do at the list price', () => {
  const aListEvery10Seconds = [sample(0, {}), sample(100, { list: 10 })]
  expect(dailyCost(aListEvery10Seconds)).toBeCloseTo(8640 * 0.000005)
  const aGetEverySecond = [sample(0, {}), sample(100, { get: 100, received_bytes: 1e9 })]
  expect(dailyCost(aGetEverySecond)).toBeCloseTo(86_400 * 0.0000004)
})

test('bytes are shown in the greatest unit that fits', () => {
  expect([0, 1, 999, 1000, 1_550_000, 234_567_890_000].map(bytes)).toEqual(['0 B', '1 B', '999 B', '1.0 KB', '1.6 MB', '235 GB'])
})
