/** Lengths and counts of webhooks, contract §5. */
export const WEBHOOK_LIMITS = {
  callbackUrl: 2_000,
  /** Shortest and longest signing secret, in characters. */
  secretMin: 16,
  secretMax: 255,
  /** Longest time that a replaced secret goes on signing, in seconds: 7 days. */
  previousSecretSeconds: 604_800,
  /** Subscriptions of one team. */
  webhooksPerTeam: 5_000,
  pageSize: 100,
  /** Longest time that a request waits for something to happen, in seconds. */
  waitSeconds: 25,
} as const;

/** Most events that a listener gets, or acknowledges, at once. */
export const LISTENER_EVENTS = 100;

/** Names of the events that a webhook can subscribe to, contract §5. */
export const WEBHOOK_EVENTS = ['customer.created', 'customer.updated', 'customer.deleted'] as const;

/** Name of an event. */
export type WebhookEventName = (typeof WEBHOOK_EVENTS)[number];

/** What becomes of events: they are sent, kept for later, or not collected. */
export const WEBHOOK_STATUSES = ['active', 'paused', 'disabled'] as const;

/** The state of a subscription. */
export type WebhookStatus = (typeof WEBHOOK_STATUSES)[number];

/** What has become of a delivery. */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;

/** The state of a delivery. */
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];
