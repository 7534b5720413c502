import type { FastifyInstance } from 'fastify';
import { assetPath } from '../assets-folder.js';
import { answerWith, readStaticFile } from '../http/static-file.js';
import { PAGE_HEADERS } from './send-page.js';

/** The style and the icon of pages. Outside their scope, so that no file asks who is signed in. */
export function pageAssetRoutes(app: FastifyInstance): void {
  const files = [
    readStaticFile('/assets/pages.css', 'text/css; charset=utf-8', assetPath('pages/pages.css')),
    readStaticFile('/assets/icon.svg', 'image/svg+xml', assetPath('pages/icon.svg')),
  ];
  for (const file of files) app.get(file.url, { schema: { hide: true } }, answerWith(file, PAGE_HEADERS));
}
