/** How much is delivered at once. */
export interface DeliveryPace {
  /** Most deliveries in flight at once. */
  readonly inFlight: number;
  /** The pause after each turn, in milliseconds. */
  readonly pauseMs: number;
}

/** Most deliveries in flight at once, whatever the pace. */
export const MOST_IN_FLIGHT = 512;
/** While requests need little, and while they need all there is: never none, so that no delivery waits for a quiet hour. */
const FREE: DeliveryPace = { inFlight: MOST_IN_FLIGHT, pauseMs: 0 };
const BUSY: DeliveryPace = { inFlight: 8, pauseMs: 50 };
/** Writes of requests that wait, on the average, up to which deliveries are free, and from which on requests need it all. */
const FREE_BELOW = 8;
const BUSY_FROM = 16;

/** How much may be delivered while so many writes of requests wait for the storage, on the average: requests come first. */
export function deliveryPace(requestsWaiting: number): DeliveryPace {
  const pressure = Math.min(1, Math.max(0, (requestsWaiting - FREE_BELOW) / (BUSY_FROM - FREE_BELOW)));
  return {
    inFlight: Math.round(FREE.inFlight * (BUSY.inFlight / FREE.inFlight) ** pressure),
    pauseMs: Math.round(BUSY.pauseMs * pressure),
  };
}
