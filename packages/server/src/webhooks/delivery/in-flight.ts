import type { WebhookKey } from './delivery-queue-store.js';
import { keyOf, type TakenDelivery } from './take-deliveries.js';

/** One delivery, and the subscription that it is of. */
interface DeliveryName extends WebhookKey {
  readonly uuid: string;
}

interface Entry extends DeliveryName {
  /** When it was taken, and when its lease was had or prolonged, milliseconds since 1970. */
  readonly takenAt: number;
  readonly leasedAt: number;
  /** Whether its receiver has been failing for a while. */
  readonly isFailing: boolean;
}

/** The deliveries that a worker has, from taking them to recording their attempts. */
export class InFlight {
  readonly #entries = new Map<string, Entry>();
  readonly #counts = new Map<string, WebhookKey & { count: number }>();

  get count(): number {
    return this.#entries.size;
  }

  /** How many there are of each subscription. */
  counts(): (WebhookKey & { readonly count: number })[] {
    return [...this.#counts.values()];
  }

  /** How many go to receivers that have been failing for a while. */
  get failing(): number {
    return [...this.#entries.values()].filter(({ isFailing }) => isFailing).length;
  }

  /** How many were taken after a time. */
  countTakenAfter(time: number): number {
    return [...this.#entries.values()].filter(({ takenAt }) => takenAt > time).length;
  }

  has({ delivery }: TakenDelivery): boolean {
    return this.#entries.has(delivery.uuid);
  }

  add({ teamId, webhookUuid, delivery, webhook: { isFailing } }: TakenDelivery): void {
    const now = Date.now();
    const { uuid } = delivery;
    this.#entries.set(uuid, { teamId, webhookUuid, uuid, takenAt: now, leasedAt: now, isFailing });
    const key = keyOf({ teamId, webhookUuid });
    const entry = this.#counts.get(key) ?? { teamId, webhookUuid, count: 0 };
    this.#counts.set(key, { ...entry, count: entry.count + 1 });
  }

  remove({ uuid, teamId, webhookUuid }: DeliveryName): void {
    if (!this.#entries.delete(uuid)) return;
    const key = keyOf({ teamId, webhookUuid });
    const count = (this.#counts.get(key)?.count ?? 1) - 1;
    if (count > 0) this.#counts.set(key, { teamId, webhookUuid, count });
    else this.#counts.delete(key);
  }

  /** Those whose lease was had before a time, which are taken to be leased anew now. */
  takeOlderThan(time: number): { readonly teamId: number; readonly uuid: string }[] {
    const found: Entry[] = [];
    // The oldest come first: each is put behind the others when it is leased anew.
    for (const entry of this.#entries.values()) {
      if (entry.leasedAt > time) break;
      found.push(entry);
    }
    for (const entry of found) {
      this.#entries.delete(entry.uuid);
      this.#entries.set(entry.uuid, { ...entry, leasedAt: Date.now() });
    }
    return found.map(({ teamId, uuid }) => ({ teamId, uuid }));
  }
}
