import { hash } from 'node:crypto';

/**
 * The queue of an app's deliveries to an address, as a UUID, version 8 (RFC 9562 §5.8). Events of one customer that go to
 * one address go one after the other, whichever subscriptions they are of: a mirror has one for each kind of event.
 */
export function deliveryQueue({
  appId,
  callbackUrl,
}: {
  readonly appId: number;
  readonly callbackUrl: string;
}): string {
  const digest = hash('sha256', `${appId} ${new URL(callbackUrl).href}`, 'hex');
  return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
}
