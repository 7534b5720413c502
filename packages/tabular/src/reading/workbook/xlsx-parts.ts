import { SaxesParser } from 'saxes';
import type { Fail } from '../../table-error.js';
import type { XlsxArchive } from './xlsx-archive.js';
import { type NumberLook, numberLook } from './xlsx-numbers.js';

/** A sheet of a workbook. */
export interface XlsxSheet {
  readonly name: string;
  readonly isHidden: boolean;
  /** Name of its part in the archive. */
  readonly part: string;
}

/** What all sheets of a workbook share. */
export interface XlsxWorkbook {
  readonly sheets: readonly XlsxSheet[];
  /** Whether days count from 1904. */
  readonly is1904: boolean;
  readonly texts: readonly string[];
  /** By the style of a cell. */
  readonly looks: readonly NumberLook[];
}

/** An element as it begins, without its namespace. */
export interface XmlTag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What is told of an XML document. */
export interface XmlListener {
  open?(tag: XmlTag): void;
  close?(name: string): void;
  text?(text: string): void;
}

const PIECE = 65_536;

/** Reads XML piece by piece, and stops between the pieces; entities of its own are not expanded. `damaged` where it is none. */
export function* parseXml(bytes: Uint8Array, listener: XmlListener, fail: Fail): Generator<void, void, undefined> {
  const parser = new SaxesParser();
  const local = (name: string): string => name.slice(name.indexOf(':') + 1);
  parser.on('opentag', ({ name, attributes }) => listener.open?.({ name: local(name), attributes }));
  parser.on('closetag', ({ name }) => listener.close?.(local(name)));
  parser.on('text', (text) => listener.text?.(text));
  parser.on('error', () => {
    throw fail('damaged', 'A part of the workbook is damaged or cut off.');
  });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let at = 0; at < bytes.length; at += PIECE) {
    parser.write(decodeXml(decoder, bytes.subarray(at, at + PIECE), fail));
    yield;
  }
  if (bytes.length > 0) parser.close();
}

function decodeXml(decoder: TextDecoder, bytes: Uint8Array, fail: Fail): string {
  try {
    return decoder.decode(bytes, { stream: true });
  } catch {
    throw fail('bad_bytes', 'A part of the workbook is not UTF-8.');
  }
}

/** Reads what is needed to understand the sheets. */
export function readWorkbook(archive: XlsxArchive, fail: Fail): XlsxWorkbook {
  const read: Read = (part, listener) => {
    for (const _ of parseXml(archive.part(archive.find(part) ?? ''), listener, fail));
  };
  const targets = new Map<string, string>();
  read(/^xl\/_rels\/workbook\d*\.xml\.rels$/, {
    open: ({ name, attributes: { Id = '', Target = '' } }) => void (name === 'Relationship' && targets.set(Id, Target)),
  });
  const sheets: XlsxSheet[] = [];
  let is1904 = false;
  read(/^xl\/workbook\d*\.xml$/, {
    open({ name, attributes }) {
      if (name === 'workbookPr') is1904 = /^(?:1|true)$/.test(attributes.date1904 ?? '');
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
      const target = targets.get(id) ?? '';
      const part = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
      sheets.push({ name: attributes.name ?? '', isHidden: (attributes.state ?? 'visible') !== 'visible', part });
    },
  });
  return { sheets, is1904, texts: readTexts(read), looks: readLooks(read) };
}

type Read = (part: RegExp, listener: XmlListener) => void;

function readTexts(read: Read): string[] {
  const texts: string[] = [];
  const collector = textCollector('si', (text) => texts.push(text));
  read(/^xl\/sharedStrings\.xml$/i, collector);
  return texts;
}

/** Collects the text of each element of a name, from its runs, without what is said of how it is pronounced. */
export function textCollector(element: string, found: (text: string) => void): Required<XmlListener> {
  let text = '';
  let isText = false;
  let isPhonetic = false;
  return {
    open({ name }) {
      if (name === element) text = '';
      if (name === 'rPh') isPhonetic = true;
      if (name === 't') isText = !isPhonetic;
    },
    text(piece) {
      if (isText) text += piece;
    },
    close(name) {
      if (name === 't') isText = false;
      if (name === 'rPh') isPhonetic = false;
      // Characters that XML does not have are written as _x000D_.
      if (name === element)
        found(text.replace(/_x([\dA-F]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))));
    },
  };
}

function readLooks(read: Read): NumberLook[] {
  const codes = new Map<number, string>();
  const looks: NumberLook[] = [];
  let isCellFormat = false;
  read(/^xl\/styles\.xml$/i, {
    open({ name, attributes }) {
      if (name === 'numFmt') codes.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      if (name === 'cellXfs') isCellFormat = true;
      if (name !== 'xf' || !isCellFormat) return;
      const id = Number(attributes.numFmtId ?? 0);
      looks.push(numberLook(id, codes.get(id)));
    },
    close(name) {
      if (name === 'cellXfs') isCellFormat = false;
    },
  });
  return looks;
}
