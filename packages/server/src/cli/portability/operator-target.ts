import { randomBytes } from 'node:crypto';
import type { BulkResult } from '@countersign/contract';
import { COMMAND_LINE } from '../../audit/audit-store.js';
import { bulkCreateCustomers } from '../../customers/bulk/bulk-create-customers.js';
import { bulkUpsertCustomers } from '../../customers/bulk/bulk-upsert-customers.js';
import { createImport } from '../../customers/imports/create-import.js';
import { finishImport } from '../../customers/imports/finish-import.js';
import { findImport } from '../../customers/imports/import-store.js';
import type { Team } from '../../identity/team-store.js';
import type { TeamScope, VerbRequest } from '../../partner-api/write/verb-request.js';
import type { WriteVerb } from '../../partner-api/write/write-verb.js';
import { authorText } from '../../storage/author-text.js';
import type { Storage } from '../../storage/storage.js';
import type { ImportRules, ImportTarget } from './import-target.js';

interface Operated {
  readonly storage: Storage;
  readonly team: Team;
}

/** Imports into the database itself, by the same verbs as the API's; the server is who made the changes. */
export function operatorTarget(operated: Operated, { by, onExisting }: ImportRules): ImportTarget {
  const { storage, team } = operated;
  return {
    place: `team ${team.uuid}`,
    begin: async (name, total) => {
      const made = await createImport.read(operatorRequest(operated, { name, total }), undefined);
      const data = await perform(operated, createImport, { input: { ...made, author: authorText({}) } });
      return uuidOf(data);
    },
    isRunning: async (uuid) => (await findImport(storage, { teamId: team.id, uuid }))?.status === 'running',
    send: async (customers, running) => {
      const uuid = running?.uuid;
      const request = operatorRequest(operated, { customers, by, dryRun: running === undefined });
      const scope: TeamScope = { teamId: team.id, author: authorText({ importUuid: uuid }), importUuid: uuid };
      const writeAs = async <I extends object>(verb: WriteVerb<I, unknown>) => {
        const input = { ...(await verb.read(request, undefined)), scope };
        return resultsOf(await perform(operated, verb, { input, importUuid: uuid }));
      };
      return onExisting === 'update' ? writeAs(bulkUpsertCustomers) : writeAs(bulkCreateCustomers);
    },
    finish: async (uuid) => void (await perform(operated, finishImport, { input: { teamId: team.id, uuid } })),
  };
}

function operatorRequest({ storage, team }: Operated, body: object): VerbRequest {
  return {
    caller: { app: { id: 0, clientId: '' }, team: { id: team.id, uuid: team.uuid }, userId: null, scopes: new Set() },
    params: {},
    query: {},
    ifMatch: undefined,
    importUuid: undefined,
    requestId: '',
    origin: COMMAND_LINE,
    body: () => body,
    now: () => new Date(storage.now()),
  };
}

async function perform<I>(
  { storage, team }: Operated,
  { command }: Pick<WriteVerb<I, never>, 'command'>,
  { importUuid, ...work }: { readonly input: I; readonly importUuid?: string | undefined },
): Promise<unknown> {
  // No request was signed; the mark only says whose import the write is counted to.
  const mark = { teamId: team.id, signedAt: storage.now(), signature: randomBytes(16).toString('hex') };
  const answer = await storage.write(command, {
    requestId: '',
    mark,
    importUuid,
    idempotency: undefined,
    work,
  });
  const { data }: { readonly data: unknown } = JSON.parse(answer.body);
  return data;
}

// The answers are those of the verbs that were just performed.
function resultsOf(data: unknown): readonly BulkResult[] {
  return (data as { readonly results: readonly BulkResult[] }).results;
}

function uuidOf(data: unknown): string {
  return (data as { readonly import: { readonly uuid: string } }).import.uuid;
}
