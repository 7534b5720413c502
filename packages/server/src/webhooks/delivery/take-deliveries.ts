import { command, type Transaction } from '../../storage/storage.js';
import { fanOutEvent, listTeamsWithEvents, listWaitingEvents } from '../outbox/fan-out-store.js';
import { lockTeamQueues, type WebhookKey } from './delivery-queue-store.js';
import {
  type ClaimedDelivery,
  claimDueDeliveries,
  type EventContent,
  findEventContent,
  findSendingWebhook,
  listWebhooksWithDue,
  type SendingWebhook,
  teamsWithDueFrom,
} from './due-delivery-store.js';

/**
 * Events of one team that become deliveries in one turn, and those deliveries; an event is never split, so that one of many
 * subscriptions makes more. Fewer where others are in flight, whose answers wait for the end of the turn.
 */
const FAN_OUT = {
  idle: { events: 128, deliveries: 256 },
  inFlight: { events: 32, deliveries: 64 },
};
/** Events that become deliveries in one trip to the database. */
const FAN_OUT_TOGETHER = 16;

const FIRST_UUID = '00000000-0000-0000-0000-000000000000';

/** Where the last turn ended among the subscriptions, so that the next goes on behind it and each has its turn. */
export interface Turn extends WebhookKey {
  /** The team whose events became deliveries last. */
  readonly fannedOutTeamId: number;
}

/** The first turn of a worker. */
export const FIRST_TURN: Turn = { teamId: 0, webhookUuid: FIRST_UUID, fannedOutTeamId: 0 };

/** What a worker can send now. */
export interface TakeDeliveries {
  readonly turn: Turn;
  /** Most deliveries to take. */
  readonly slots: number;
  /** Most of them of subscriptions that have been failing for a while. */
  readonly failingSlots: number;
  /** Most deliveries of one subscription in flight in this worker at once, and of one that has been failing for a while. */
  readonly perWebhook: { readonly healthy: number; readonly failing: number };
  /** What is in flight, by subscription. */
  readonly inFlight: readonly (WebhookKey & { readonly count: number })[];
  /** For how long nobody else gets what is taken, in milliseconds. */
  readonly leaseMs: number;
}

/** A delivery with everything that is needed to send it. */
export interface TakenDelivery extends WebhookKey {
  readonly delivery: ClaimedDelivery;
  readonly webhook: SendingWebhook;
  readonly content: EventContent;
}

/** What a turn gave. */
export interface TakenDeliveries {
  readonly deliveries: readonly TakenDelivery[];
  readonly turn: Turn;
  /** Whether another turn may find more at once. */
  readonly hasMore: boolean;
}

/**
 * Takes deliveries that are due, a few of each subscription in turn. Only where slots stay free, events become deliveries
 * first: what cannot be sent yet waits as events, and makes no rows.
 */
export const takeDeliveries = command<TakeDeliveries, TakenDeliveries>({
  name: 'take-deliveries',
  locksRows: true,
  run: async (tx, input) => {
    const claim = new Claim(tx, input);
    await claim.fill();
    if (claim.isFull) return { deliveries: claim.taken, turn: claim.turn, hasMore: true };
    const isIdle = claim.taken.length === 0 && input.inFlight.length === 0;
    const limits = isIdle ? FAN_OUT.idle : FAN_OUT.inFlight;
    const fannedOut = await fanOut(tx, claim.turn.fannedOutTeamId, limits);
    claim.turn = { ...claim.turn, fannedOutTeamId: fannedOut.teamId };
    if (fannedOut.deliveries > 0) await claim.fill();
    // Where some could go and none was taken, all that have something due are at their limits: what ends makes room.
    const isStuck = fannedOut.pending > 0 && claim.taken.length === 0;
    return { deliveries: claim.taken, turn: claim.turn, hasMore: fannedOut.events > 0 && !isStuck };
  },
});

interface FannedOut {
  readonly teamId: number;
  readonly events: number;
  readonly deliveries: number;
  /** Those of them that are not held. */
  readonly pending: number;
}

async function fanOut(tx: Transaction, after: number, limits: typeof FAN_OUT.idle): Promise<FannedOut> {
  const later = await listTeamsWithEvents(tx, after + 1);
  const teams = later.length > 0 ? later : await listTeamsWithEvents(tx, 0);
  let teamId = after;
  let events = 0;
  let deliveries = 0;
  let pending = 0;
  for (const team of teams) {
    teamId = team;
    await lockTeamQueues(tx, team);
    const waiting = await listWaitingEvents(tx, team, limits.events);
    for (let start = 0; start < waiting.length; start += FAN_OUT_TOGETHER) {
      const together = waiting.slice(start, start + FAN_OUT_TOGETHER);
      const counts = await Promise.all(together.map((event) => fanOutEvent(tx, event)));
      for (const made of counts) {
        deliveries += made.deliveries;
        pending += made.pending;
      }
      events += together.length;
      if (deliveries >= limits.deliveries) return { teamId, events, deliveries, pending };
    }
  }
  return { teamId, events, deliveries, pending };
}

class Claim {
  readonly taken: TakenDelivery[] = [];
  turn: Turn;
  readonly #tx: Transaction;
  readonly #input: TakeDeliveries;
  readonly #counts: Map<string, number>;
  #failingTaken = 0;
  /** Taken, and without their contents yet. */
  #claimed: Claimed[] = [];

  constructor(tx: Transaction, input: TakeDeliveries) {
    this.#tx = tx;
    this.#input = input;
    this.turn = input.turn;
    this.#counts = new Map(input.inFlight.map((webhook) => [keyOf(webhook), webhook.count]));
  }

  get isFull(): boolean {
    return this.taken.length >= this.#input.slots;
  }

  /** Goes round once from where the last turn ended. */
  async fill(): Promise<void> {
    const { teamId, webhookUuid } = this.turn;
    for await (const id of teamsWithDueFrom(this.#tx, teamId)) {
      if (this.isFull) return;
      await this.#fillFromTeam(id, id === teamId ? webhookUuid : FIRST_UUID);
    }
    for await (const id of teamsWithDueFrom(this.#tx, 0)) {
      if (this.isFull || id > teamId) return;
      await this.#fillFromTeam(id, FIRST_UUID);
    }
  }

  async #fillFromTeam(teamId: number, after: string): Promise<void> {
    let place = after;
    while (!this.isFull) {
      const uuids = await listWebhooksWithDue(this.#tx, teamId, place);
      const last = uuids.at(-1);
      if (last === undefined) return;
      const keys = uuids.map((webhookUuid) => ({ teamId, webhookUuid }));
      const webhooks = await Promise.all(keys.map((key) => findSendingWebhook(this.#tx, key)));
      await this.#fillFromWebhooks(keys.map((key, index) => ({ key, webhook: webhooks[index] })));
      place = last;
    }
  }

  // As many at a time as surely find room, in one trip to the database.
  async #fillFromWebhooks(candidates: readonly Candidate[]): Promise<void> {
    let waiting = candidates;
    while (waiting.length > 0 && !this.isFull) {
      const { shares, others } = this.#share(waiting);
      await Promise.all(shares.map((share) => this.#claim(share)));
      const contents = await this.#readContents();
      this.taken.push(...this.#claimed.flatMap((one) => withContent(one, contents)));
      this.#claimed = [];
      waiting = others;
    }
  }

  /** Shares the free slots out among the first of some subscriptions; the last to get a share may get less than it could use. */
  #share(candidates: readonly Candidate[]): { readonly shares: Share[]; readonly others: readonly Candidate[] } {
    const shares: Share[] = [];
    let free = this.#input.slots - this.taken.length;
    let freeForFailing = this.#input.failingSlots - this.#failingTaken;
    for (const [index, { key, webhook }] of candidates.entries()) {
      if (free <= 0) return { shares, others: candidates.slice(index) };
      this.turn = { ...this.turn, ...key };
      if (webhook === undefined) continue;
      const { isFailing } = webhook;
      const { healthy, failing } = this.#input.perWebhook;
      const unused = (isFailing ? failing : healthy) - (this.#counts.get(keyOf(key)) ?? 0);
      const limit = Math.min(unused, free, isFailing ? freeForFailing : free);
      if (limit <= 0) continue;
      free -= limit;
      if (isFailing) freeForFailing -= limit;
      shares.push({ key, webhook, limit });
    }
    return { shares, others: [] };
  }

  async #claim({ key, webhook, limit }: Share): Promise<void> {
    const claimed = await claimDueDeliveries(this.#tx, { ...key, limit, leaseMs: this.#input.leaseMs });
    this.#claimed.push(...claimed.map((delivery) => ({ ...key, delivery, webhook })));
    this.#counts.set(keyOf(key), (this.#counts.get(keyOf(key)) ?? 0) + claimed.length);
    if (webhook.isFailing) this.#failingTaken += claimed.length;
  }

  // Many subscriptions are told of one event.
  async #readContents(): Promise<ReadonlyMap<string, EventContent | undefined>> {
    const events = new Map(this.#claimed.map((one) => [eventKeyOf(one), { teamId: one.teamId, ...one.delivery }]));
    const read = async ([key, event]: [string, EventName]) => [key, await findEventContent(this.#tx, event)] as const;
    return new Map(await Promise.all([...events].map(read)));
  }
}

/** A subscription that has something due; undefined when it is gone. */
interface Candidate {
  readonly key: WebhookKey;
  readonly webhook: SendingWebhook | undefined;
}

interface Share {
  readonly key: WebhookKey;
  readonly webhook: SendingWebhook;
  readonly limit: number;
}

type Claimed = Omit<TakenDelivery, 'content'>;
type EventName = Parameters<typeof findEventContent>[1];

function withContent(one: Claimed, contents: ReadonlyMap<string, EventContent | undefined>): TakenDelivery[] {
  const content = contents.get(eventKeyOf(one));
  return content === undefined ? [] : [{ ...one, content }];
}

function eventKeyOf({ teamId, delivery }: Claimed): string {
  return `${teamId}/${delivery.customerUuid}/${delivery.version}`;
}

/** A subscription's name among those of all teams. */
export function keyOf({ teamId, webhookUuid }: WebhookKey): string {
  return `${teamId}/${webhookUuid}`;
}
