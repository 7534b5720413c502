import { PartnerError } from '@countersign/contract';
import { teamScope } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { requireUuid } from '../../validation/uuid.js';
import { importAnswer } from './import-answer.js';
import { findLockedImport, setImportStatus } from './import-store.js';

/** Ends an import: it takes no more writes, `POST /partners/imports/{uuid}/finish`, contract §8. One that has ended stays as it is. */
export const finishImport = writeVerb({
  name: 'finish-import',
  scopes: ['customers:write'],
  read: (request) => ({ teamId: teamScope(request).teamId, uuid: requireUuid(request.params.uuid) }),
  write: async (tx, key) => {
    const found = await findLockedImport(tx, key);
    if (found === undefined) throw new PartnerError('import_not_found');
    if (found.status === 'running') await setImportStatus(tx, { ...key, status: 'finished' });
    const status = found.status === 'running' ? 'finished' : found.status;
    return importAnswer(tx, { ...found, status }, { message: 'Import finished successfully' });
  },
});
