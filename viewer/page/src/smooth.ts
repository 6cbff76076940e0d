/**
 * Smooths by an exponential moving average without bias: s ← w·s + (1 − w)·y, shown as s / (1 − wⁿ), so that the first values are not
 * pulled towards zero. It runs over the bins on the screen, one step of the average per bin that has points. Values that are not finite
 * stay as they are and do not enter the average.
 *
 * @param weight from 0 (the values themselves) to below 1
 */
export function smooth(values: Float32Array, weight: number): Float32Array {
  if (weight <= 0) return values
  const out = new Float32Array(values.length)
  let average = 0
  let missing = 1
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!Number.isFinite(value)) {
      out[i] = value
      continue
    }
    average = weight * average + (1 - weight) * value
    missing *= weight
    out[i] = average / (1 - missing)
  }
  return out
}
