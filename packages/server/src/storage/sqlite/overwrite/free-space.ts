import { fsyncSync, readSync, writeSync } from 'node:fs';

/** Bytes of the file's header, before the first page's own; see the file format, sqlite.org/fileformat2.html. */
const FILE_HEADER = 100;
/** Bytes read at once. */
const CHUNK_BYTES = 1_048_576;
/** Kinds of b-tree pages, with the bytes of their headers. */
const TREE_PAGES = new Map([
  [0x02, 12],
  [0x05, 12],
  [0x0a, 8],
  [0x0d, 8],
]);
/** From so many pages on, the first byte of an overflow page may look like a b-tree page's. */
const MOST_PAGES = 0x02_00_00_00;

/** A range of bytes in the file. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Writes zeros over what no row has any more: SQLite leaves copies of rows in the unused part of pages when it moves them,
 * whatever `secure_delete` is set to. The caller keeps everybody from writing to the file and to its log, which is empty.
 *
 * @param descriptor of the database file, open to read and write
 * @returns false where the file is of a form that SQLite alone understands
 */
export function zeroFreeSpace(descriptor: number): boolean {
  const header = readRange(descriptor, { start: 0, end: FILE_HEADER });
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const pages = header.readUInt32BE(28);
  const [reserved, hasPointerMaps] = [header.readUInt8(20), header.readUInt32BE(52) !== 0];
  if (hasPointerMaps || pages >= MOST_PAGES) return false;
  const zeros = Buffer.alloc(pageSize);
  let written = 0;
  const clear = (content: Buffer, at: number, { start, end }: Range) => {
    if (start >= end || content.compare(zeros, 0, end - start, start, end) === 0) return;
    written += writeSync(descriptor, zeros, 0, end - start, at + start);
  };
  const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / pageSize));
  for (let first = 0; first < pages; first += perChunk) {
    const chunk = { start: first * pageSize, end: Math.min(first + perChunk, pages) * pageSize };
    const content = readRange(descriptor, chunk);
    for (let place = 0; place < content.length; place += pageSize) {
      const page = content.subarray(place, place + pageSize);
      const headerAt = first + place === 0 ? FILE_HEADER : 0;
      for (const range of unusedOf(page, headerAt, pageSize - reserved)) clear(page, chunk.start + place, range);
    }
  }
  for (const page of freePages(descriptor, { first: header.readUInt32BE(32), pageSize })) {
    clear(readRange(descriptor, page), page.start, { start: 0, end: pageSize });
  }
  if (written > 0) fsyncSync(descriptor);
  return true;
}

/** What of a b-tree page holds nothing: between the list of cells and the cells, and where cells were. */
function unusedOf(page: Buffer, headerAt: number, usable: number): Range[] {
  const headerBytes = TREE_PAGES.get(page.readUInt8(headerAt));
  if (headerBytes === undefined) return [];
  const start = headerAt + headerBytes + 2 * page.readUInt16BE(headerAt + 3);
  const end = page.readUInt16BE(headerAt + 5) || 65_536;
  if (start > end || end > usable) return [];
  const unused: Range[] = [{ start, end }];
  // Each freed block has the place of the next and its own size in its first four bytes; their places rise.
  for (let block = page.readUInt16BE(headerAt + 1), least = end; block >= least && block + 4 <= usable; ) {
    const size = page.readUInt16BE(block + 2);
    if (size < 4 || block + size > usable) break;
    unused.push({ start: block + 4, end: block + size });
    least = block + size;
    block = page.readUInt16BE(block);
  }
  return unused;
}

/** Every page that is on the list of free ones, but for those that hold the list. */
function* freePages(descriptor: number, { first, pageSize }: { first: number; pageSize: number }): Generator<Range> {
  for (let trunk = first; trunk !== 0; ) {
    const list = readRange(descriptor, { start: (trunk - 1) * pageSize, end: trunk * pageSize });
    for (let index = 0; index < list.readUInt32BE(4); index++) {
      const page = list.readUInt32BE(8 + 4 * index);
      yield { start: (page - 1) * pageSize, end: page * pageSize };
    }
    trunk = list.readUInt32BE(0);
  }
}

function readRange(descriptor: number, { start, end }: Range): Buffer {
  const content = Buffer.alloc(end - start);
  const bytes = readSync(descriptor, content, 0, content.length, start);
  return content.subarray(0, bytes);
}
