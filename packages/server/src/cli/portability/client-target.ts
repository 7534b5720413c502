import { type Client, hasErrorCode } from '@countersign/client';
import type { CustomerInput } from '@countersign/contract';
import type { ImportRules, ImportTarget } from './import-target.js';

/** A server that is reached over the wire. */
interface ReachedServer {
  readonly client: Client;
  readonly url: string;
}

/** Imports over the wire; each request has a key, so that one whose answer was lost is not done twice. */
export function clientTarget({ client, url }: ReachedServer, { by, onExisting }: ImportRules): ImportTarget {
  const { customers, imports } = client;
  return {
    place: `${url} ${process.env.COUNTERSIGN_CLIENT_ID ?? ''}`,
    begin: async (name, total) => (await imports.create({ name, total })).data.uuid,
    isRunning: async (uuid) => {
      try {
        return (await imports.get(uuid)).data.status === 'running';
      } catch (error) {
        if (hasErrorCode(error, 'import_not_found')) return false;
        throw error;
      }
    },
    send: async (rows, running) => {
      const options =
        running === undefined
          ? { dryRun: true }
          : { idempotencyKey: `import-${running.uuid}-${running.key}`, headers: { 'x-import-id': running.uuid } };
      const { data } = await (onExisting === 'update'
        ? customers.bulkUpsert(by, rows, options)
        : customers.bulkCreate(asInputs(rows), options));
      return data.results;
    },
    finish: async (uuid) => void (await imports.finish(uuid)),
  };
}

// What is missing in a row the server tells.
function asInputs(rows: readonly Partial<CustomerInput>[]): readonly CustomerInput[] {
  return rows as readonly CustomerInput[];
}
