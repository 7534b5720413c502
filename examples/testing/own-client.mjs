// A client of one's own, as a test meets it: it signs, sends, and sends again where no answer came. With `isCareful` both
// requests carry one Idempotency-Key; without it, the second is another request.
import { createHash, createHmac, randomUUID } from 'node:crypto';

export function ownClient({ url, clientId, clientSecret, accessToken, isCareful }) {
  async function send(method, path, { body, key } = {}) {
    const text = body === undefined ? '' : JSON.stringify(body);
    const timestamp = String(Date.now());
    const hash = text === '' ? '' : createHash('sha256').update(text).digest('hex');
    const base = `${method}:${path.split('?')[0]}:${timestamp}:${hash}`;
    const answer = await fetch(`${url}/partners${path}`, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        'x-client-id': clientId,
        'x-timestamp': timestamp,
        'x-signature': createHmac('sha256', clientSecret).update(base).digest('hex'),
        ...(text === '' ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(text === '' ? {} : { body: text }),
    });
    return (await answer.json()).data;
  }

  return {
    async createOrder(number) {
      // Each order has an address of its own, so that no email is taken.
      const order = () => ({ customer: `Order ${number}`, email: `order-${number}-${randomUUID()}@acme.example` });
      const [body, key] = [order(), isCareful ? `order-${number}` : undefined];
      return send('POST', '/customers', { body, key }).catch(() =>
        send('POST', '/customers', { body: isCareful ? body : order(), key }),
      );
    },
    async countCustomers() {
      return (await send('GET', '/customers')).pagination.total;
    },
  };
}
