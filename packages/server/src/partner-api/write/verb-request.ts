import type { AuditOfRequest, Origin } from '../../audit/audit-store.js';
import { authorText } from '../../storage/author-text.js';
import type { RawQuery } from '../../validation/raw-query.js';
import type { Caller } from '../caller.js';

/** An authenticated request as verbs read it. It knows no web framework, since verbs run beside the database too. */
export interface VerbRequest {
  readonly caller: Caller;
  /** Parameters of the path, decoded; undefined where the route has none of that name. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: RawQuery;
  readonly ifMatch: string | undefined;
  /** The import that it belongs to, by `X-Import-Id`. */
  readonly importUuid: string | undefined;
  /** What the answer carries as `X-Request-Id`. */
  readonly requestId: string;
  /** Where it came from, for the audit. */
  readonly origin: Origin;
  /** The JSON object in the body. @throws PartnerError `invalid_json` for anything else */
  body(): object;
  /** The time that a change made now carries. */
  now(): Date;
}

/** An app acting for a team: whose records a request is about. */
export interface AppOfTeam {
  readonly teamId: number;
  readonly appId: number;
}

/** Whose records a request is about. */
export function appOfTeam({ caller }: VerbRequest): AppOfTeam {
  return { teamId: caller.team.id, appId: caller.app.id };
}

/** Who asks and from where, for the audit. */
export function auditOf({ caller, origin }: VerbRequest): AuditOfRequest {
  return { origin, teamId: caller.team.id, appId: caller.app.id, userId: caller.userId };
}

/** Whose customers a write is about, and who writes, as it stands in each version, contract §7.1. */
export interface TeamScope {
  readonly teamId: number;
  /** App, person, import and request, as {@link authorText} puts them. */
  readonly author: string;
  /** The import that the changes belong to, contract §8. */
  readonly importUuid?: string | undefined;
}

/** The scope of a write. */
export function teamScope({ caller, requestId, importUuid }: VerbRequest): TeamScope {
  return { teamId: caller.team.id, author: authorText({ appId: caller.app.id, requestId, importUuid }), importUuid };
}
