import { strFromU8, unzipSync } from 'fflate';
import type { Fail } from '../../table-error.js';
import { TABLE_LIMITS } from '../../table-limits.js';
import { type ByteChunks, concatBytes } from '../byte-source.js';

/** The parts of a workbook, inflated one by one when asked for. */
export class XlsxArchive {
  private readonly sizes = new Map<string, number>();
  private inflated = 0;

  private constructor(
    private readonly bytes: Uint8Array,
    private readonly fail: Fail,
  ) {}

  /** Takes all bytes of a workbook; throws `too_large`, `damaged`, and `unreadable_format` for archives of other things. */
  static async open(chunks: ByteChunks, fail: Fail): Promise<XlsxArchive> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > TABLE_LIMITS.workbookBytes) {
        const limit = TABLE_LIMITS.workbookBytes / 1_048_576;
        throw fail(
          'too_large',
          `The workbook is larger than ${limit} MiB; save its sheet as CSV, which may be of any size.`,
        );
      }
      parts.push(chunk);
    }
    const archive = new XlsxArchive(concatBytes(parts), fail);
    archive.list();
    if (archive.find(/^xl\/workbook\d*\.xml$/) === undefined) {
      const isOther = archive.find(/^(?:content\.xml|word\/|xl\/workbook\.bin)/) !== undefined;
      const what = isOther ? 'a document of another kind (such as .ods, .docx or .xlsb)' : 'a packed archive (.zip)';
      throw fail('unreadable_format', `This is ${what}, not an Excel workbook; save the table as .xlsx or CSV.`);
    }
    return archive;
  }

  /** The name of the first part that fits. */
  find(pattern: RegExp): string | undefined {
    return [...this.sizes.keys()].find((name) => pattern.test(name));
  }

  /**
   * A part, inflated; no bytes where the workbook has none of that name. Its size is looked at before it is inflated, and the
   * inflater gets no more room than that size, so a bomb that lies about it is cut off, and then no XML.
   */
  part(name: string): Uint8Array {
    const size = this.sizes.get(name);
    if (size === undefined) return new Uint8Array();
    this.inflated += size;
    if (this.inflated > TABLE_LIMITS.inflatedBytes) {
      const limit = TABLE_LIMITS.inflatedBytes / 1_048_576;
      throw this.fail(
        'too_large',
        `The workbook unpacks to more than ${limit} MiB; save its sheet as CSV, which may be of any size.`,
      );
    }
    return this.unzip((file) => file.name === name)[name] ?? new Uint8Array();
  }

  /** A part as text. */
  text(name: string): string {
    return strFromU8(this.part(name));
  }

  private list(): void {
    this.unzip(({ name, originalSize }) => {
      this.sizes.set(name, originalSize);
      if (this.sizes.size > TABLE_LIMITS.entries) {
        throw this.fail('too_large', `The workbook has more than ${TABLE_LIMITS.entries} parts.`);
      }
      return false;
    });
  }

  private unzip(filter: (file: { name: string; originalSize: number }) => boolean): Record<string, Uint8Array> {
    let refusal: unknown;
    try {
      return unzipSync(this.bytes, {
        filter: (file) => {
          try {
            return filter(file);
          } catch (error) {
            refusal = error;
            throw error;
          }
        },
      });
    } catch {
      throw refusal ?? this.fail('damaged', 'The workbook is damaged or cut off.');
    }
  }
}
