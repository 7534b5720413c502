import type { StoredUuid } from '../uuid-text.js';

/** Subscriptions and listeners. */
export interface WebhooksTable {
  team_id: number;
  uuid: StoredUuid;
  app_id: number;
  /** The event it wants; a listener of the command line wants all of them: `*`. */
  event: string;
  /** Empty for a listener. */
  callback_url: string;
  /** The same for all subscriptions of an app to one address: what goes there goes in order. */
  queue: StoredUuid;
  /** `active`, `paused` or `disabled`. */
  status: string;
  /** AES-256-GCM under the master key. */
  encrypted_secret: string | null;
  previous_encrypted_secret: string | null;
  previous_secret_until: number | null;
  created_at: number;
  updated_at: number;
  /** Since when no attempt has succeeded; null when the last one has. */
  failing_since: number | null;
  disabled_reason: string | null;
  /** Set for a listener, which ends by itself. */
  expires_at: number | null;
  deleted_at: number | null;
}

/** The outbox: what is to be told of customers. */
export interface WebhookEventsTable {
  team_id: number;
  customer_uuid: StoredUuid;
  version: number;
  event: string;
  occurred_at: number;
  /** By the clock of the database. */
  written_at: number;
  /** What a GET answered at that version, JSON. */
  data: string;
  /** Former values of the fields that changed, JSON. */
  previous_data: string | null;
  /** 1 once there is a delivery for each subscription. */
  is_fanned_out: number;
}

/** What each subscription is told. */
export interface WebhookDeliveriesTable {
  team_id: number;
  /** Version 7, so that deliveries sort by the time they were made. */
  uuid: StoredUuid;
  webhook_uuid: StoredUuid;
  queue: StoredUuid;
  customer_uuid: StoredUuid;
  version: number;
  event: string;
  /** `pending`, `held` (of a paused subscription), `delivered` or `failed`. */
  status: string;
  /** When it may be sent; null where it is not pending, or waits for an earlier one of its customer. */
  due_at: number | null;
  /** Until when a worker has it. */
  claimed_until: number | null;
  attempts: number;
  /** Attempts since it was made or sent again by hand. */
  round_attempts: number;
  created_at: number;
  finished_at: number | null;
  is_test: number;
}

/** Each time that it was tried. */
export interface WebhookAttemptsTable {
  team_id: number;
  delivery_uuid: StoredUuid;
  /** 1, 2, 3 … */
  number: number;
  settled_at: number;
  started_at: number;
  duration_ms: number;
  status_code: number | null;
  /** Why there was no answer, in words. */
  error: string | null;
  /** As sent, a JSON object. */
  request_headers: string;
  answer_start: string | null;
}
