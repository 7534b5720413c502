import type { EventContent } from '../delivery/due-delivery-store.js';

/** What the body of a delivery is made of. */
export interface DeliveryBodyParts {
  readonly uuid: string;
  readonly event: string;
  readonly isTest: boolean;
  readonly content: EventContent;
}

/** The body of a delivery, contract §5: the same text at every attempt, since it is made of what is stored. */
export function deliveryBody({ uuid, event, isTest, content }: DeliveryBodyParts): string {
  const { occurredAt, data, previousData, teamUuid, teamName } = content;
  const head = JSON.stringify({
    id: uuid,
    event,
    ...(isTest ? { test: true } : {}),
    apiVersion: '1',
    occurredAt: new Date(occurredAt).toISOString(),
    team: { id: teamUuid, name: teamName },
  });
  const previous = previousData === null ? '' : `,"previousData":${previousData}`;
  return `${head.slice(0, -1)},"data":${data}${previous}}`;
}
