import { h, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { HtmlDocument } from './parts/html-document.js';

/** A page as a complete HTML document, its title ending in the product's name. */
export function renderPage<Props>(page: VNode<Props>, frame: { readonly title: string }): string {
  return `<!doctype html>${renderToString(h(HtmlDocument, { title: frame.title, children: page }))}`;
}
