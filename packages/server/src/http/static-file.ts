import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A file that is served as it is, read once. */
export interface StaticFile {
  readonly url: string;
  /** Media type. */
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

const compress = promisify(gzip);

/** Reads a file to serve. @throws Error when it is not installed */
export function readStaticFile(url: string, type: string, path: string): StaticFile {
  const bytes = readFileSync(path);
  return { url, type, bytes, etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 27) };
}

/** Answers with a file, 304 when the browser has it; compressed once, at the first request that takes gzip. */
export function answerWith(file: StaticFile, headers: Readonly<Record<string, string>>) {
  let compressed: Promise<Buffer> | undefined;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const isGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const etag = `"${file.etag}${isGzip ? '-gzip' : ''}"`;
    reply.headers({ ...headers, etag, 'cache-control': 'no-cache', vary: 'accept-encoding' });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    reply.type(file.type);
    if (!isGzip) return reply.send(file.bytes);
    compressed ??= compress(file.bytes);
    return reply.header('content-encoding', 'gzip').send(await compressed);
  };
}
