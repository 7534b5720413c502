import type { VNode } from 'preact';
import { scopeTexts } from './scope-texts.js';

/** What an app may do, as a list of plain sentences. */
export function ScopeList({ scopes }: { readonly scopes: readonly string[] }): VNode {
  return (
    <ul class="scopes">
      {scopeTexts(scopes).map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
