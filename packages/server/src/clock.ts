import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** Under what name the threads of a process find the clock that was made movable before they began. */
const NAME = 'countersign.clock';
/** What the cells of a movable clock hold: how far it is ahead, in milliseconds, and where it stands; NaN while it runs. */
const AHEAD = 0;
const STANDS_AT = 1;

let moved = cellsOf(getEnvironmentData(NAME));

/**
 * The time that this server goes by, in milliseconds since 1970. It is the machine's, but for a server that tests run, whose
 * clock they move, contract §10. The audit alone never follows, so that it tells what came after what.
 */
export function currentTime(): number {
  return moved === undefined ? Date.now() : timeOf(moved);
}

/** A time of this server by the machine's clock, for a library that asks the machine; milliseconds since 1970 both. */
export function machineTimeOf(time: number): number {
  return moved === undefined ? time : time - currentTime() + Date.now();
}

/** What a library that asks the machine takes for a time, by this server's clock; milliseconds since 1970 both. */
export function timeOfMachine(time: number): number {
  return moved === undefined ? time : time - Date.now() + currentTime();
}

/** What measures how long things are kept that a moved clock ends: time since the start, or that clock where there is one. */
export function agingClock(): { now(): number } {
  return moved === undefined ? performance : { now: currentTime };
}

/** Whether this process's clock can be moved. */
export function isClockMovable(): boolean {
  return moved !== undefined;
}

/** How a movable clock stands; it can be kept, and given back to {@link MovableClock.set}. */
export interface ClockState {
  readonly aheadMs: number;
  /** Milliseconds since 1970; undefined while it runs. */
  readonly standsAt: number | undefined;
}

/** A clock that tests move, for all threads of this process at once. */
export interface MovableClock {
  get(): ClockState;
  set(state: ClockState): void;
}

/** Makes the clock of this process movable; to be called before its threads are started. */
export function openMovableClock(): MovableClock {
  const cells = new Float64Array(new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT));
  cells[STANDS_AT] = Number.NaN;
  moved = cells;
  setEnvironmentData(NAME, cells.buffer);
  return {
    get: () => stateOf(cells),
    set: ({ aheadMs, standsAt = Number.NaN }) => {
      cells[AHEAD] = aheadMs;
      cells[STANDS_AT] = standsAt;
    },
  };
}

function timeOf(cells: Float64Array): number {
  const { aheadMs, standsAt } = stateOf(cells);
  return standsAt ?? Date.now() + aheadMs;
}

function stateOf(cells: Float64Array): ClockState {
  const [aheadMs = 0, standsAt = Number.NaN] = cells;
  return { aheadMs, standsAt: Number.isNaN(standsAt) ? undefined : standsAt };
}

// Environment data is untyped by nature; only openMovableClock sets it.
function cellsOf(data: unknown): Float64Array | undefined {
  return data instanceof SharedArrayBuffer ? new Float64Array(data) : undefined;
}
