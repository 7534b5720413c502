import { type FaultEffect, type FaultMatch, isOutgoing, type NewFault } from './fault.js';

/** A fault with how often it befell something, and still will. */
export interface Fault extends NewFault {
  readonly id: number;
  readonly applied: number;
  readonly left: number;
}

/** What may be befallen. */
export interface Befallen {
  readonly method: string;
  /** A path without its query, or a callback address. */
  readonly path: string;
  readonly clientId: string | undefined;
  /** Whether there is a token that can be ended. */
  readonly hasToken: boolean;
}

/** The faults that tests asked for; each befalls exactly as much as it was asked for, and the earliest comes first. */
export class Faults {
  #faults: Fault[] = [];
  #lastId = 0;

  add(fault: NewFault): Fault {
    this.#lastId += 1;
    const added = { ...fault, id: this.#lastId, applied: 0, left: fault.times };
    this.#faults.push(added);
    return added;
  }

  /** All that were asked for since the last {@link clear}, also those that are used up. */
  list(): readonly Fault[] {
    return this.#faults;
  }

  clear(): void {
    this.#faults = [];
  }

  /** The effect of the first fault that fits, which is counted; undefined where none does. */
  take(befallen: Befallen): FaultEffect | undefined {
    const index = this.#faults.findIndex((fault) => fault.left > 0 && fits(fault, befallen));
    const fault = this.#faults[index];
    if (fault === undefined) return undefined;
    this.#faults[index] = { ...fault, applied: fault.applied + 1, left: fault.left - 1 };
    return fault.do;
  }
}

function fits({ match, do: effect }: NewFault, { method, path, clientId, hasToken }: Befallen): boolean {
  if (isOutgoing(match) !== isOutgoing({ path }) || (effect.expireToken && !hasToken)) return false;
  return fitsPath(match, path) && fitsText(match.method, method) && fitsText(match.clientId, clientId);
}

function fitsText(wanted: string | undefined, text: string | undefined): boolean {
  return wanted === undefined || wanted === text;
}

// Each part between stars is looked for behind the one before it, so that no pattern takes long.
function fitsPath({ path: pattern }: FaultMatch, path: string): boolean {
  if (pattern === undefined || pattern === path) return true;
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined || !path.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return path.length - last.length >= at && path.endsWith(last);
}
