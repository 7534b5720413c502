import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';

const HEADER = 'x-forwarded-for';

/**
 * Makes `request.ip` an address, whatever stands in `X-Forwarded-For`, contract §1.3. For servers behind a trusted proxy;
 * to be added before all that asks for an address.
 */
export function tidyForwardedFor(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    const text = headers[HEADER];
    if (typeof text === 'string') {
      const addresses = forwardedAddresses(text);
      if (addresses.length === 0) delete headers[HEADER];
      else headers[HEADER] = addresses.join(', ');
    }
    done();
  });
}

/**
 * The addresses in an `X-Forwarded-For`, without ports: those behind the last entry that is none, since that entry counts
 * as the proxy which passed it on.
 */
function forwardedAddresses(text: string): string[] {
  const addresses = text.split(',').map(addressOf);
  return addresses.slice(addresses.lastIndexOf(undefined) + 1).filter((address) => address !== undefined);
}

// "192.0.2.1", "192.0.2.1:5", "2001:db8::1", "[2001:db8::1]" and "[2001:db8::1]:443", as proxies write them.
const WITH_PORT = /^(?:([\d.]+):\d{1,5}|\[([^\]]*)\](?::\d{1,5})?)$/;

function addressOf(entry: string): string | undefined {
  const text = entry.trim();
  const [, ipv4, ipv6] = WITH_PORT.exec(text) ?? [];
  const address = ipv4 ?? ipv6 ?? text;
  return isIP(address) === 0 || address.includes('%') ? undefined : address;
}
