import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FastifyInstance, FastifyPluginOptions } from 'fastify';
import { assetPath } from '../assets-folder.js';
import { answerWith, readStaticFile, type StaticFile } from '../http/static-file.js';

/**
 * What the page may do: run its own scripts and ask its own server, nothing else. Inline styles are allowed because the
 * reference draws itself with them.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const SECURITY_HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** The browser bundle of the API reference, as its package ships it. */
function referenceBundlePath(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('@scalar/fastify-api-reference')), 'js', 'standalone.js');
}

function readPageFiles(): StaticFile[] {
  const script = 'text/javascript; charset=utf-8';
  const own = (url: string, type: string, name: string) => readStaticFile(url, type, assetPath(`docs/${name}`));
  return [
    own('/docs', 'text/html; charset=utf-8', 'index.html'),
    own('/docs/docs-page.css', 'text/css; charset=utf-8', 'docs-page.css'),
    own('/docs/icon.svg', 'image/svg+xml', 'icon.svg'),
    own('/docs/sign-requests.js', script, 'sign-requests.js'),
    own('/docs/refuse-eval.js', script, 'refuse-eval.js'),
    own('/docs/open-reference.js', script, 'open-reference.js'),
    readStaticFile('/docs/scalar.js', script, referenceBundlePath()),
  ];
}

/**
 * Serves the interactive API page at `GET /docs`, with its scripts and styles under `/docs/`.
 *
 * The page needs no other host. It reads `/openapi.json`, and signs in the browser what a person sends from it. To be
 * registered without a prefix. The routes are left out of the OpenAPI document.
 *
 * @throws Error when a file of the page is not installed
 */
export async function docsRoutes(app: FastifyInstance, _options: FastifyPluginOptions): Promise<void> {
  for (const file of readPageFiles()) {
    app.get(file.url, { schema: { hide: true } }, answerWith(file, SECURITY_HEADERS));
  }
}
