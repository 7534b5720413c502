import type { FastifyRequest } from 'fastify';
import { requireScope } from './authenticate.js';
import { callerOf } from './partner-request.js';
import type { Scope } from './scope.js';

/** Whom a request acts for, where its token allows all that it asks. @throws PartnerError `insufficient_scope` */
export function callerScope(
  request: FastifyRequest,
  ...scopes: readonly [Scope, ...Scope[]]
): { readonly teamId: number; readonly appId: number } {
  const caller = callerOf(request);
  for (const scope of scopes) requireScope(caller, scope);
  return { teamId: caller.team.id, appId: caller.app.id };
}
