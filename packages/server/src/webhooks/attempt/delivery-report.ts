/** What a worker tells of its work, for metrics. */
export interface DeliveryReport {
  /** Attempts that have ended, good or not. */
  readonly attempts: number;
  /** Deliveries that arrived. */
  readonly delivered: number;
  /** Deliveries that were given up. */
  readonly failed: number;
  /** Times from a change to its arrival, in milliseconds, of deliveries that arrived at the first attempt. */
  readonly delaysMs: readonly number[];
}

/** Something that whoever runs the server should know. */
export interface DeliveryNotice {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number>>;
}
