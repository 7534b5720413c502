import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { answerWith, readStaticFile } from '../http/static-file.js';
import { PAGE_HEADERS } from './send-page.js';

/** Where the files of pages are, from both src/pages and dist/pages. */
const ASSETS_FOLDER = fileURLToPath(new URL('../../assets/pages/', import.meta.url));

/** The style and the icon of pages. Outside their scope, so that no file asks who is signed in. */
export function pageAssetRoutes(app: FastifyInstance): void {
  const files = [
    readStaticFile('/assets/pages.css', 'text/css; charset=utf-8', join(ASSETS_FOLDER, 'pages.css')),
    readStaticFile('/assets/icon.svg', 'image/svg+xml', join(ASSETS_FOLDER, 'icon.svg')),
  ];
  for (const file of files) app.get(file.url, { schema: { hide: true } }, answerWith(file, PAGE_HEADERS));
}
