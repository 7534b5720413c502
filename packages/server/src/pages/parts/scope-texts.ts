import type { Scope } from '../../partner-api/scope.js';

/** What a scope lets an app do beside `customers:read`, and without it: then it sees no customer. */
interface ScopeText {
  readonly reading: string;
  readonly blind: string;
}

const READ = 'See the team’s customers, with their addresses and contacts';

const SCOPE_TEXTS: Readonly<Record<Scope, ScopeText>> = {
  'customers:read': { reading: READ, blind: READ },
  'customers:write': {
    reading: 'Add, change and delete customers',
    blind: 'Add, change and delete customers, without seeing what they hold',
  },
  'webhooks:manage': {
    reading: 'Choose where notices of changes to customers are sent',
    blind: 'List and delete its own webhooks, without being told of customers',
  },
};

/** What an app may do with scopes, a plain sentence without a full stop for each; a scope itself where none is known. */
export function scopeTexts(scopes: readonly string[]): string[] {
  const kind = scopes.includes('customers:read') ? 'reading' : 'blind';
  return scopes.map((scope) => (Object.hasOwn(SCOPE_TEXTS, scope) ? SCOPE_TEXTS[scope as Scope][kind] : scope));
}
