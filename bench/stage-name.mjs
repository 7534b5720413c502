/**
 * What a stage is called where it stands beside others.
 *
 * @param {{ preloaded: number, processes: number }} stage
 */
export function stageName({ preloaded, processes }) {
  const customers = `${preloaded.toLocaleString('en-US')} customers preloaded`;
  return processes === 1 ? customers : `${customers}, ${processes} processes`;
}
