import type { Fail } from '../table-error.js';

/** Where the bytes of a file come from: Node's streams are async iterables, browsers have streams and files. */
export type ByteSource = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | Blob;

/** Bytes in order, to be read once. */
export type ByteChunks = AsyncGenerator<Uint8Array, void, undefined>;

/** The bytes of any source. */
export async function* readBytes(source: ByteSource): ByteChunks {
  const chunks = source instanceof Blob ? source.stream() : source;
  yield* isAsyncIterable(chunks) ? chunks : readStream(chunks);
}

/** The first bytes of a file, and all of them. */
export interface PeekedBytes {
  /** As many as were asked for, fewer only where the file is shorter. */
  readonly head: Uint8Array;
  /** Whether `head` is the whole file. */
  readonly isWhole: boolean;
  /** Everything, head included. */
  readonly all: ByteChunks;
}

/** Looks at the first `length` bytes. */
export async function peekBytes(chunks: ByteChunks, length: number): Promise<PeekedBytes> {
  const first: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  while (size <= length && !isWhole) {
    const next = await chunks.next();
    if (next.done) isWhole = true;
    else first.push(next.value);
    size += next.value?.length ?? 0;
  }
  const start = concatBytes(first);
  return { head: start.subarray(0, length), isWhole, all: startThenRest(start, chunks) };
}

/** All bytes in one piece. */
export function concatBytes(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** What gzip packed; bytes that are no sound gzip are `damaged`. */
export async function* gunzipBytes(chunks: ByteChunks, fail: Fail): ByteChunks {
  let fault: { readonly of: unknown } | undefined;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const next = await chunks.next();
        if (next.done) controller.close();
        else controller.enqueue(new Uint8Array(next.value));
      } catch (error) {
        fault = { of: error };
        controller.error(error);
      }
    },
    cancel: async () => void (await chunks.return()),
  });
  try {
    yield* readStream(packed.pipeThrough(new DecompressionStream('gzip')));
  } catch {
    throw fault === undefined ? fail('damaged', 'The gzip data is damaged or cut off.') : fault.of;
  }
}

async function* readStream(stream: ReadableStream<Uint8Array>): ByteChunks {
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isDone) await reader.cancel().catch(() => undefined);
  }
}

async function* startThenRest(start: Uint8Array, rest: ByteChunks): ByteChunks {
  try {
    if (start.length > 0) yield start;
    yield* rest;
  } finally {
    await rest.return();
  }
}

// Not every browser's streams can be iterated.
function isAsyncIterable(source: object): source is AsyncIterable<Uint8Array> {
  return Symbol.asyncIterator in source;
}
