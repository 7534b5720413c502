/** What a fault befalls; what is left out fits everything. `*` in a path stands for any characters. */
export interface FaultMatch {
  readonly method?: string;
  /** As on the wire, with `/partners`; or a callback address, for webhooks on their way out. */
  readonly path?: string;
  readonly clientId?: string;
}

/** What a fault does: one of these. */
export type FaultEffect =
  | {
      readonly answer: {
        readonly status: number;
        readonly code?: string;
        readonly headers?: Readonly<Record<string, string>>;
      };
    }
  | { readonly delayMs: number }
  | { readonly cut: 'before' | 'after-commit' }
  | { readonly expireToken: true }
  | { readonly limitReached: true };

/** A fault as it is asked for. */
export interface NewFault {
  readonly match?: FaultMatch;
  /** How much it befalls; 1 by default. */
  readonly times?: number;
  readonly do: FaultEffect;
}

/** A fault with how often it befell something, and still will. */
export interface Fault extends Required<NewFault> {
  readonly id: number;
  readonly applied: number;
  readonly left: number;
}

/** A request that the server received. */
export interface ReceivedRequest {
  readonly requestId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  readonly clientId?: string;
  /** In lower case, without secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Status of the answer; null where the connection was cut before anything was done. */
  readonly status: number | null;
  /** What a fault did to it. */
  readonly fault?: string;
}

/** How the server's clock stands. */
export interface ClockTime {
  /** ISO 8601, UTC. */
  readonly now: string;
  readonly frozen: boolean;
}
