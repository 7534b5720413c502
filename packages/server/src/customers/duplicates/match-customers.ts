import { successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import { warningsJson } from '../../partner-api/write/warnings-json.js';
import { bestOf } from './candidate-answer.js';
import { findCandidates } from './find-candidates.js';
import { findFresh } from './key-customers.js';
import { parseMatchRequest } from './match-request.js';
import { matchReader } from './match-store.js';
import { matchKeysOf } from './rules/match-keys.js';
import { traitsOf } from './rules/traits.js';

/**
 * For each of up to 100 customers the stored ones that may be the same, `POST /partners/customers/match`, contract §7.2. It
 * changes nothing, so it is a read, which may be repeated.
 */
export const matchCustomers = readVerb({
  scopes: ['customers:read'],
  read: (request) => ({ teamId: request.caller.team.id, ...parseMatchRequest(request.body()) }),
  answer: async ({ storage }, { teamId, value, warnings }) => {
    const probes = value.customers.map((customer) => {
      const traits = traitsOf(customer);
      return { traits, keys: matchKeysOf(traits) };
    });
    const fresh = await findFresh(storage, teamId);
    const found = await findCandidates(probes, { reader: matchReader(storage, teamId), fresh });
    const results = found.map((candidates, index) => ({ index, candidates: bestOf(candidates) }));
    return successAnswer(200, {
      message: 'Customers compared successfully',
      json: `{"results":${JSON.stringify(results)}${warningsJson(warnings)}}`,
    });
  },
});
