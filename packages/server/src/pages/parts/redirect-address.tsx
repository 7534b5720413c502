import type { VNode } from 'preact';

/** An address as the browser will open it, with its host emphasised, since the host says whose it is. */
export function RedirectAddress({ uri }: { readonly uri: string }): VNode {
  const { before, host, after } = splitAtHost(uri);
  return (
    <code class="address" dir="ltr">
      {before}
      {host !== '' && <strong>{host}</strong>}
      {after}
    </code>
  );
}

function splitAtHost(uri: string): { before: string; host: string; after: string } {
  if (!URL.canParse(uri)) return { before: uri, host: '', after: '' };
  const { href, host, pathname, search, hash } = new URL(uri);
  const after = `${pathname}${search}${hash}`;
  // Counted from the end: a name before an @ can look like the host, but nothing after the host can push it.
  return { before: href.slice(0, href.length - after.length - host.length), host, after };
}
