import { type FieldError, LISTENER_EVENTS, PartnerError } from '@countersign/contract';
import { type Answer, successAnswer } from '../../partner-api/write/answer.js';
import { partnerCommand } from '../../partner-api/write/partner-command.js';
import type { Reader } from '../../storage/storage.js';
import { isUuid } from '../../validation/uuid.js';
import { deliveryBody } from '../attempt/delivery-body.js';
import { findEventContent } from '../delivery/due-delivery-store.js';
import {
  acknowledge,
  endListener,
  type HeldEvent,
  insertListenerOf,
  type ListenerKey,
  requireListener,
} from './listener-store.js';

/** Begins a listener, which gets every event of the team from now on, `POST /partners/webhooks/listeners`. */
export const createListener = partnerCommand<ListenerKey>('create-listener', async (tx, listener) => {
  await insertListenerOf(tx, listener);
  return successAnswer(201, {
    message: 'Listener created successfully',
    json: JSON.stringify({ listener: { uuid: listener.uuid } }),
    headers: { location: `/partners/webhooks/listeners/${listener.uuid}/events` },
  });
});

/** Ends a listener, `DELETE /partners/webhooks/listeners/{uuid}`. */
export const deleteListener = partnerCommand<ListenerKey>('delete-listener', async (tx, listener) => {
  await requireListener(tx, listener);
  await endListener(tx, listener);
  const { uuid } = listener;
  return successAnswer(200, {
    message: 'Listener deleted successfully',
    json: JSON.stringify({ uuid, id: uuid, deleted: true }),
  });
});

/** Events that a listener has had. */
export interface AcknowledgeEvents extends ListenerKey {
  /** UUIDs of their deliveries. */
  readonly events: readonly string[];
}

/** Drops what a listener has had, and lets it live on, `POST …/listeners/{uuid}/acknowledge`. */
export const acknowledgeEvents = partnerCommand<AcknowledgeEvents>('acknowledge-events', async (tx, request) => {
  await requireListener(tx, request);
  await acknowledge(tx, request, request.events);
  return successAnswer(200, {
    message: 'Events acknowledged',
    json: JSON.stringify({ count: request.events.length }),
  });
});

/** The UUIDs in an acknowledgement. @throws PartnerError `validation_error` */
export function parseAcknowledgement(body: object): string[] {
  const events: unknown = Reflect.get(body, 'events');
  if (!Array.isArray(events)) throw refusal({ code: 'invalid_type', rule: 'must be an array of UUIDs.' });
  if (events.length > LISTENER_EVENTS)
    throw refusal({ code: 'too_many_items', rule: `must have at most ${LISTENER_EVENTS} entries.` });
  if (!events.every(isUuid)) throw refusal({ code: 'invalid_value', rule: 'must be an array of UUIDs.' });
  return events.map((uuid) => uuid.toLowerCase());
}

function refusal({ code, rule }: { readonly code: string; readonly rule: string }): PartnerError {
  const error: FieldError = { field: 'events', code, message: `events ${rule}` };
  return new PartnerError('validation_error', undefined, { errors: [error] });
}

/** The answer with what waits for a listener, `GET …/listeners/{uuid}/events`: bodies as a delivery has them. */
export async function heldEventsAnswer(reader: Reader, teamId: number, held: readonly HeldEvent[]): Promise<Answer> {
  const events: { id: string; event: string; body: string }[] = [];
  for (const { uuid, event, ...key } of held) {
    const content = await findEventContent(reader, { teamId, ...key });
    if (content === undefined) continue;
    events.push({ id: uuid, event, body: deliveryBody({ uuid, event, isTest: false, content }) });
  }
  return successAnswer(200, { message: 'Events retrieved successfully', json: JSON.stringify({ events }) });
}
