import type { Customer } from '@countersign/contract';
import { isSameValue } from '../../is-same-value.js';
import { insertEvent, type NewEvent } from '../../storage/insert-event.js';
import type { NewCustomer, Transaction } from '../../storage/storage.js';
import { deleteEventsOf, deleteEventsOfSince, type OfCustomer, type OfCustomerSince } from './erased-event-store.js';

/** What happened to a customer: `before` is undefined for one that appears, `after` is what it is then. */
export interface CustomerChanged {
  readonly teamId: number;
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly before: Customer | undefined;
  readonly after: Customer;
  /** The customer that a deleted one was merged into. */
  readonly mergedInto?: string | undefined;
  /** `after` as a GET answers it, JSON. */
  readonly body: string;
  /** Whether nothing is kept of a deleted one any more. */
  readonly isErased?: boolean;
}

/**
 * Appends the event of a change, in the transaction of the change, contract §5: it is committed with it or not at all.
 * Nothing is stored where no subscription of the team wants it.
 */
export async function appendEvent(tx: Transaction, change: CustomerChanged): Promise<void> {
  await tx.run(insertEvent, eventOfChange(change));
}

/** How the event of a new customer is made, which the storage stores with it: a create is one statement. */
export function creationEvent(teamId: number): (stored: NewCustomer) => NewEvent {
  return ({ uuid, version, updatedAt, body }) => ({
    teamId,
    customerUuid: uuid,
    version,
    event: 'customer.created',
    occurredAt: updatedAt,
    data: body,
    previousData: null,
  });
}

function eventOfChange({ teamId, kind, before, after, body, mergedInto, isErased }: CustomerChanged): NewEvent {
  return {
    teamId,
    customerUuid: after.uuid,
    version: after.version,
    event: `customer.${kind}`,
    occurredAt: Date.parse(after.updatedAt),
    data: kind === 'deleted' ? JSON.stringify({ id: after.uuid, mergedInto, erased: isErased }) : body,
    previousData: kind === 'updated' && before !== undefined ? formerValues(before, after) : null,
  };
}

/** Forgets all that was to be told of a customer or was told, with what receivers answered, contract §7.4. */
export async function forgetEvents(tx: Transaction, customer: OfCustomer): Promise<void> {
  await deleteEventsOf(tx, customer);
}

/** The same for what a customer that lives on was from a version on. That it was deleted is told still. */
export async function forgetEventsSince(tx: Transaction, customer: OfCustomerSince): Promise<void> {
  await deleteEventsOfSince(tx, customer);
}

// The fields that differ, each with the value it had: over `data` they give the object as it was before.
function formerValues(before: Customer, after: Customer): string {
  const now = new Map<string, unknown>(Object.entries(after));
  const changed = Object.entries(before).filter(([field, value]) => !isSameValue(value, now.get(field)));
  return JSON.stringify(Object.fromEntries(changed));
}
