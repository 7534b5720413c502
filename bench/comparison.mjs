/** Compares stages whose rounds took turns, so that whatever else the machine did met all of them alike. */
import { median } from './report.mjs';

/**
 * How fast each row of a stage is beside the same row of another: the median over the rounds of the ratio within a round.
 *
 * @param {Awaited<ReturnType<import('./stage.mjs').closeStage>>} stage
 * @param {Awaited<ReturnType<import('./stage.mjs').closeStage>>} base
 */
export function compareStages(stage, base) {
  return [...stage.runs].flatMap(([name, runs]) => {
    const others = base.runs.get(name);
    if (others === undefined) return [];
    const rates = ratesByRound(runs);
    const baseRates = ratesByRound(others);
    const ratios = [...rates]
      .filter(([round]) => baseRates.has(round))
      .map(([round, rate]) => rate / baseRates.get(round));
    return [{ name, speed: median(ratios), time: 1 / median(ratios) }];
  });
}

function ratesByRound(runs) {
  const rates = new Map();
  for (const { round, requestsPerSecond } of runs) rates.set(round, [...(rates.get(round) ?? []), requestsPerSecond]);
  return new Map([...rates].map(([round, values]) => [round, median(values)]));
}
