import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance, FastifyPluginOptions, FastifyReply, FastifyRequest } from 'fastify';

/** Where the page's own files are, from both src/docs and dist/docs. */
const ASSETS_FOLDER = fileURLToPath(new URL('../../assets/docs/', import.meta.url));

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

const compress = promisify(gzip);

/** A file of the page, read once. */
interface PageFile {
  readonly url: string;
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

/** The browser bundle of the API reference, as its package ships it. */
function referenceBundlePath(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('@scalar/fastify-api-reference')), 'js', 'standalone.js');
}

function readPageFile(url: string, type: string, path: string): PageFile {
  const bytes = readFileSync(path);
  return { url, type, bytes, etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 27) };
}

function readPageFiles(): PageFile[] {
  const script = 'text/javascript; charset=utf-8';
  const own = (url: string, type: string, name: string) => readPageFile(url, type, join(ASSETS_FOLDER, name));
  return [
    own('/docs', 'text/html; charset=utf-8', 'index.html'),
    own('/docs/', 'text/html; charset=utf-8', 'index.html'),
    own('/docs/docs-page.css', 'text/css; charset=utf-8', 'docs-page.css'),
    own('/docs/icon.svg', 'image/svg+xml', 'icon.svg'),
    own('/docs/sign-requests.js', script, 'sign-requests.js'),
    own('/docs/refuse-eval.js', script, 'refuse-eval.js'),
    own('/docs/open-reference.js', script, 'open-reference.js'),
    readPageFile('/docs/scalar.js', script, referenceBundlePath()),
  ];
}

/** Answers with a file, 304 when the browser has it; compressed once, at the first request that takes gzip. */
function answerWith(file: PageFile) {
  let compressed: Promise<Buffer> | undefined;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const isGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const etag = `"${file.etag}${isGzip ? '-gzip' : ''}"`;
    reply.headers({ ...SECURITY_HEADERS, etag, 'cache-control': 'no-cache', vary: 'accept-encoding' });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    reply.type(file.type);
    if (!isGzip) return reply.send(file.bytes);
    compressed ??= compress(file.bytes);
    return reply.header('content-encoding', 'gzip').send(await compressed);
  };
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
    app.get(file.url, { schema: { hide: true } }, answerWith(file));
  }
}
