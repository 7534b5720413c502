import { command } from '../../storage/storage.js';
import { renewLeaseOf } from './due-delivery-store.js';

/** Deliveries that are still in flight, and for how long nobody else is to get them, in milliseconds. */
export interface RenewLeases {
  readonly deliveries: readonly { readonly teamId: number; readonly uuid: string }[];
  readonly leaseMs: number;
}

/** Prolongs the leases of deliveries whose receiver takes its time. */
export const renewLeases = command<RenewLeases, void>({
  name: 'renew-leases',
  locksRows: true,
  run: async (tx, { deliveries, leaseMs }) => {
    for (const delivery of deliveries) await renewLeaseOf(tx, { ...delivery, leaseMs });
  },
});
