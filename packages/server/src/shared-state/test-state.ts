import { currentTime } from '../clock.js';
import type { Count, Limiter, LimiterOptions } from './limiter.js';
import type { PrivateName } from './private-names.js';
import { memoryState, type SharedState } from './shared-state.js';

/** The state of a process that tests run. */
export interface TestState extends SharedState {
  /** Begins anew for every key of every limiter. */
  forgetCounts(): void;
}

/** The state of a process that shares with nobody and whose windows end by the clock that tests move. */
export function testState(nameOf: PrivateName): TestState {
  const limiters: Map<string, Window>[] = [];
  return {
    ...memoryState(nameOf),
    openLimiter: (options) => {
      const windows = new Map<string, Window>();
      limiters.push(windows);
      return clockLimiter(windows, options);
    },
    forgetCounts: () => {
      for (const windows of limiters) windows.clear();
    },
  };
}

interface Window {
  counted: number;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

function clockLimiter(windows: Map<string, Window>, { points, seconds }: LimiterOptions): Limiter {
  const find = (key: string) => {
    const window = windows.get(key);
    return window !== undefined && window.endsAt > currentTime() ? window : undefined;
  };
  const countOf = ({ counted, endsAt }: Window): Count => ({
    counted,
    remaining: Math.max(0, points - counted),
    isOver: counted > points,
    leftMs: endsAt - currentTime(),
  });
  return {
    async count(key, { seconds: own = seconds } = {}) {
      const window = find(key) ?? { counted: 0, endsAt: currentTime() + own * 1_000 };
      windows.set(key, window);
      window.counted += 1;
      return countOf(window);
    },
    async find(key) {
      const window = find(key);
      return window === undefined ? undefined : countOf(window);
    },
    async takeBack(key) {
      const window = find(key);
      if (window !== undefined) window.counted -= 1;
    },
    async forget(key) {
      windows.delete(key);
    },
  };
}
