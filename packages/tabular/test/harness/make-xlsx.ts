import { strToU8, zipSync } from 'fflate';

/** Cells of a sheet as XML, by reference: `{ A1: '<v>1</v>' }`; `t` and `s` stand before a colon: `'t="s"': …`. */
export interface SheetParts {
  readonly name: string;
  /** The `<row>` elements. */
  readonly rows: string;
  readonly state?: 'hidden';
  /** References such as A1:B2. */
  readonly merges?: readonly string[];
}

export interface WorkbookParts {
  readonly sheets: readonly SheetParts[];
  readonly texts?: readonly string[];
  /** Number formats of the styles 0, 1, …: a built-in number, or a code. */
  readonly formats?: readonly (number | string)[];
  readonly is1904?: boolean;
}

const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook as Excel writes it, from its parts. */
export function makeXlsx({ sheets, texts = [], formats = [], is1904 = false }: WorkbookParts): Uint8Array {
  const files: Record<string, string> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    'xl/workbook.xml': `<workbook ${MAIN} xmlns:r="${RELATIONS}"><workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>${sheets
      .map(
        ({ name, state = 'visible' }, index) =>
          `<sheet name="${name}" sheetId="${index + 1}" state="${state}" r:id="rId${index + 1}"/>`,
      )
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${sheets
      .map(
        (_, index) =>
          `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
      )
      .join('')}</Relationships>`,
    'xl/sharedStrings.xml': `<sst ${MAIN}>${texts.map((text) => `<si>${text}</si>`).join('')}</sst>`,
    'xl/styles.xml': stylesOf(formats),
  };
  for (const [index, { rows, merges = [] }] of sheets.entries()) {
    const merged = merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('');
    files[`xl/worksheets/sheet${index + 1}.xml`] =
      `<?xml version="1.0"?><worksheet ${MAIN}><sheetData>${rows}</sheetData><mergeCells>${merged}</mergeCells></worksheet>`;
  }
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
}

/** A row of texts that stand in their cells. */
export function textRow(line: number, texts: readonly string[]): string {
  const cells = texts.map((text) => `<c t="inlineStr"><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`);
  return `<row r="${line}">${cells.join('')}</row>`;
}

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function stylesOf(formats: readonly (number | string)[]): string {
  const codes = formats.map((format, index) =>
    typeof format === 'string'
      ? `<numFmt numFmtId="${164 + index}" formatCode="${escapeXml(format).replaceAll('"', '&quot;')}"/>`
      : '',
  );
  const looks = formats.map((format, index) => `<xf numFmtId="${typeof format === 'string' ? 164 + index : format}"/>`);
  return `<styleSheet ${MAIN}><numFmts>${codes.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${looks.join('')}</cellXfs></styleSheet>`;
}
