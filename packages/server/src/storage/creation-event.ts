import type { NewEvent } from './insert-event.js';
import type { NewCustomer } from './storage.js';

/** The event of a new customer, contract §5. */
export const CREATION = 'customer.created';

/** What is told of a new customer. */
export function creationEvent(teamId: number, { uuid, version, updatedAt, body }: NewCustomer): NewEvent {
  return {
    teamId,
    customerUuid: uuid,
    version,
    event: CREATION,
    occurredAt: updatedAt,
    data: body,
    previousData: null,
  };
}
