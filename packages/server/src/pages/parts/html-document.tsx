import type { ComponentChildren, VNode } from 'preact';

/** The document around a page; it loads its style and its icon from this server, and nothing else. */
export function HtmlDocument(props: { readonly title: string; readonly children: ComponentChildren }): VNode {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${props.title} · Countersign`}</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/pages.css" />
      </head>
      <body>{props.children}</body>
    </html>
  );
}
