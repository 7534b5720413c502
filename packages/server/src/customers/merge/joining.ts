import type { Customer, MergeField } from '@countersign/contract';

/** Customers to make one of. */
export interface Joining {
  /** The one that stays. */
  readonly kept: Customer;
  /** In their order, without the kept one. */
  readonly others: readonly Customer[];
  /** Whose value a field takes, by UUID. */
  readonly fields: Readonly<Partial<Record<MergeField, string>>>;
}
