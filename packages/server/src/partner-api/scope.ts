/** Everything a token may allow; what an app gets that asks for nothing in particular, contract §4. */
export const ALL_SCOPES = ['customers:read', 'customers:write', 'webhooks:manage'] as const;

/** One thing a token may allow. */
export type Scope = (typeof ALL_SCOPES)[number];

/** Whether a text names a scope. */
export function isScope(text: string): text is Scope {
  return ALL_SCOPES.some((scope) => scope === text);
}
