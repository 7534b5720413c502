import { readVerb } from '../../partner-api/write/read-verb.js';
import { requireUuid } from '../../validation/uuid.js';
import { importAnswer } from './import-answer.js';
import { findImport } from './import-store.js';

/** One import with what it came to, `GET /partners/imports/{uuid}`, contract §8. */
export const getImport = readVerb({
  scopes: ['customers:write'],
  read: ({ caller, params }) => ({ teamId: caller.team.id, uuid: requireUuid(params.uuid) }),
  answer: async ({ storage }, key) =>
    importAnswer(storage, await findImport(storage, key), { message: 'Import retrieved successfully' }),
});
