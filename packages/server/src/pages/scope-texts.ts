import type { Scope } from '../teams/token-store.js';

const SCOPE_TEXTS: Readonly<Record<Scope, string>> = {
  'customers:read': 'See the team’s customers, with their addresses and contacts',
  'customers:write': 'Add, change and delete customers',
  'webhooks:manage': 'Choose where notices of changes to customers are sent',
};

/** What an app may do with a scope, as a plain sentence without a full stop; the scope itself where none is known. */
export function scopeText(scope: string): string {
  return Object.hasOwn(SCOPE_TEXTS, scope) ? SCOPE_TEXTS[scope as Scope] : scope;
}
