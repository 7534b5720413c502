/** Remembers which customers surely exist, so that they can be read again. */

/**
 * @typedef {{ series: string, number: number }} CustomerNumber
 *
 * @typedef {object} KnownCustomers
 * @property {(series: string, count: number) => void} add notes that the first `count` of a series exist
 * @property {<T>(use: (customer: CustomerNumber) => T) => T} pick uses one of them, at random
 */

/** An empty collection. @returns {KnownCustomers} */
export function knownCustomers() {
  const ranges = [];
  let total = 0;
  return {
    add(series, count) {
      if (count <= 0) return;
      ranges.push({ series, count });
      total += count;
    },
    pick(use) {
      let number = Math.floor(Math.random() * total);
      for (const { series, count } of ranges) {
        if (number < count) return use({ series, number });
        number -= count;
      }
      throw new Error('No customer is known yet.');
    },
  };
}
