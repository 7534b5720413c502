import { connect, type Socket } from 'node:net';

/** An answer read from the bytes of a connection. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; of a header that came twice, the last. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** How waiting for an answer ended. */
export type RawOutcome =
  | { readonly kind: 'answer'; readonly answer: RawAnswer }
  | { readonly kind: 'closed' }
  | { readonly kind: 'silence' };

/** One TCP connection on which a test says exactly what it wants, and reads HTTP answers. */
export interface RawConnection {
  /** Sends bytes; what the other side no longer takes is dropped. */
  send(bytes: string | Uint8Array): void;
  /** Sends no more and goes on reading. */
  finish(): void;
  /** Takes nothing more of what the server sends. */
  stopReading(): void;
  /** The next answer; `closed` when the server closes before one is whole, `silence` when neither comes in time. */
  answer(options?: { readonly method?: string; readonly timeoutMs?: number }): Promise<RawOutcome>;
  /** The status line of the next interim answer, such as 100; undefined when another answer or none comes in time. */
  interim(options?: { readonly timeoutMs?: number }): Promise<string | undefined>;
  /** Whether the server closes the connection in time; answers that come before are dropped. */
  isClosedWithin(timeoutMs: number): Promise<boolean>;
  readonly isOpen: boolean;
  /** Cuts the connection. */
  cut(): void;
}

const DEFAULT_TIMEOUT_MS = 15_000;

/** Opens a connection to a server; texts are sent as Latin-1, a byte for each character. */
export async function openRawConnection(url: string): Promise<RawConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return rawConnection(socket);
}

function rawConnection(socket: Socket): RawConnection {
  let received = Buffer.alloc(0);
  let isEnded = false;
  let wake = () => {};
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  const end = () => {
    isEnded = true;
    wake();
  };
  socket.on('error', end);
  socket.on('end', end);
  socket.on('close', end);

  async function waitUntil<T>(find: () => T | undefined, timeoutMs: number): Promise<T | undefined> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const found = find();
      if (found !== undefined || Date.now() >= deadline) return found;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  return {
    send(bytes) {
      if (socket.writable) socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    },
    finish: () => socket.end(),
    stopReading: () => socket.pause(),
    async answer({ method = 'GET', timeoutMs = DEFAULT_TIMEOUT_MS } = {}) {
      const outcome = await waitUntil<RawOutcome>(() => {
        const parsed = parseAnswer(received, method);
        if (parsed !== undefined) {
          received = received.subarray(parsed.length);
          return { kind: 'answer', answer: parsed.answer };
        }
        return isEnded ? { kind: 'closed' } : undefined;
      }, timeoutMs);
      return outcome ?? { kind: 'silence' };
    },
    async interim({ timeoutMs = DEFAULT_TIMEOUT_MS } = {}) {
      const headEnd = await waitUntil(() => {
        const end = received.indexOf(HEAD_END);
        return end === -1 ? undefined : end;
      }, timeoutMs);
      const statusLine =
        received
          .subarray(0, headEnd ?? 0)
          .toString('latin1')
          .split('\r\n')[0] ?? '';
      if (headEnd === undefined || !statusLine.startsWith('HTTP/1.1 1')) return undefined;
      received = received.subarray(headEnd + HEAD_END.length);
      return statusLine;
    },
    async isClosedWithin(timeoutMs) {
      return (await waitUntil(() => (isEnded ? true : undefined), timeoutMs)) === true;
    },
    get isOpen() {
      return !isEnded;
    },
    cut: () => socket.destroy(),
  };
}

const HEAD_END = Buffer.from('\r\n\r\n');

function parseAnswer(bytes: Buffer, method: string): { answer: RawAnswer; length: number } | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) throw new Error(`not an answer: ${statusLine}`);
  const headers = new Map(lines.map((line) => headerOf(line)));
  const bodyStart = headEnd + HEAD_END.length;
  if (status < 200) return parseAfter(bytes, bodyStart, method);
  const framed = bodyOf(bytes.subarray(bodyStart), headers, method === 'HEAD' || status === 204 || status === 304);
  return framed && { answer: { status, headers, body: framed.body }, length: bodyStart + framed.length };
}

/** A body and how many bytes it takes on the wire. */
interface FramedBody {
  readonly body: Buffer;
  readonly length: number;
}

function bodyOf(bytes: Buffer, headers: RawAnswer['headers'], isBodyless: boolean): FramedBody | undefined {
  if (isBodyless) return { body: Buffer.alloc(0), length: 0 };
  if (headers.get('transfer-encoding') === 'chunked') return chunkedBody(bytes);
  const length = Number(headers.get('content-length') ?? Number.NaN);
  if (Number.isNaN(length)) throw new Error('an answer does not say how long it is');
  return bytes.length < length ? undefined : { body: bytes.subarray(0, length), length };
}

function chunkedBody(bytes: Buffer): FramedBody | undefined {
  const chunks: Buffer[] = [];
  for (let place = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', place);
    if (lineEnd === -1) return undefined;
    const size = Number.parseInt(bytes.subarray(place, lineEnd).toString('latin1'), 16);
    const chunkEnd = lineEnd + 2 + size;
    if (bytes.length < chunkEnd + 2) return undefined;
    chunks.push(bytes.subarray(lineEnd + 2, chunkEnd));
    place = chunkEnd + 2;
    if (size === 0) return { body: Buffer.concat(chunks), length: place };
  }
}

// An interim answer, such as 100, comes before the real one.
function parseAfter(bytes: Buffer, start: number, method: string): ReturnType<typeof parseAnswer> {
  const parsed = parseAnswer(bytes.subarray(start), method);
  return parsed === undefined ? undefined : { answer: parsed.answer, length: start + parsed.length };
}

function headerOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
