import type { VNode } from 'preact';
import { scopeText } from './scope-texts.js';

/** What an app may do, as a list of plain sentences. */
export function ScopeList({ scopes }: { readonly scopes: readonly string[] }): VNode {
  return (
    <ul class="scopes">
      {scopes.map((scope) => (
        <li key={scope}>{scopeText(scope)}</li>
      ))}
    </ul>
  );
}
