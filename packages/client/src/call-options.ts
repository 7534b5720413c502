/** What any call can be given. */
export interface CallOptions {
  /** Ends the call, also while it waits for a retry; the call then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
  /** Further request headers, such as `X-Request-Id`; they win over the client's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What a conditional read of one record is given. */
export interface ConditionalReadOptions extends CallOptions {
  /** The `etag` of an earlier result: an unchanged record is not sent again, contract §1.5. */
  readonly ifNoneMatch: string;
}

/** What a call that changes something can be given. */
export interface WriteOptions extends CallOptions {
  /**
   * 1 to 255 visible ASCII characters; the server gives the first answer again for 24 h, contract §1.4.
   * Made at random for each call when left out and retries are on.
   */
  readonly idempotencyKey?: string | undefined;
  /** The `etag` of an earlier result: 412 `version_mismatch` when the record has changed since, contract §1.5. */
  readonly ifMatch?: string | undefined;
}

/** The options of all kinds of calls together, as the sending code sees them. */
export type AnyCallOptions = WriteOptions & Partial<ConditionalReadOptions>;
