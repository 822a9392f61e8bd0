import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Content, TDocumentDefinitions } from 'pdfmake/interfaces.js';

// Roboto comes with the library, and has Cyrillic and Greek.
const fonts = join(dirname(createRequire(import.meta.url).resolve('pdfmake/package.json')), 'fonts', 'Roboto');

type Pdfmake = typeof import('pdfmake');
let loaded: Promise<Pdfmake> | undefined;

/** Loaded when it is wanted for the first time: few processes ever do. */
function loadPdfmake(): Promise<Pdfmake> {
  loaded ??= import('pdfmake').then(({ default: pdfmake }) => {
    pdfmake.setFonts({
      Roboto: {
        normal: join(fonts, 'Roboto-Regular.ttf'),
        bold: join(fonts, 'Roboto-Medium.ttf'),
        italics: join(fonts, 'Roboto-Italic.ttf'),
        bolditalics: join(fonts, 'Roboto-MediumItalic.ttf'),
      },
    });
    // A document of ours loads nothing but its fonts, whatever stands in a text.
    pdfmake.setUrlAccessPolicy(() => false);
    pdfmake.setLocalAccessPolicy((path) => path.startsWith(fonts));
    return pdfmake;
  });
  return loaded;
}

interface Page {
  title: string;
  madeAt: Date;
  orientation: 'portrait' | 'landscape';
  content: Content[];
}

/** A document in our layout: a title, page numbers, and when it was made. */
export async function toPdf({ title, madeAt, orientation, content }: Page): Promise<Buffer> {
  const definition: TDocumentDefinitions = {
    info: { title, creator: 'Showroom', creationDate: madeAt },
    pageSize: 'A4',
    pageOrientation: orientation,
    pageMargins: [40, 40, 40, 50],
    defaultStyle: { font: 'Roboto', fontSize: 9 },
    styles: {
      title: { fontSize: 18, bold: true },
      heading: { fontSize: 12, bold: true, margin: [0, 14, 0, 6] },
      head: { bold: true },
      quiet: { color: '#666666' },
    },
    footer: (page, pages) => ({
      columns: [
        { text: `Made at ${toMoment(madeAt)}`, style: 'quiet' },
        { text: `${page} / ${pages}`, alignment: 'right', style: 'quiet' },
      ],
      margin: [40, 20, 40, 0],
    }),
    content: [{ text: title, style: 'title' }, ...content],
  };
  const pdfmake = await loadPdfmake();
  return pdfmake.createPdf(definition).getBuffer();
}

/** `2026-11-28 09:30 UTC` */
export const toMoment = (at: Date) => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** `1 234 567`, with spaces that no line breaks at. */
export const toNumber = (count: number) => count.toLocaleString('en-US').replaceAll(',', '\u00a0');

/** A table with a head that is repeated on every page; numbers stand on the right. */
export const toTable = (head: string[], rows: (string | number)[][], widths: (number | 'auto' | '*')[]): Content => ({
  layout: 'lightHorizontalLines',
  table: {
    headerRows: 1,
    widths,
    body: [
      head.map((text, column) => ({ text, style: 'head', alignment: alignmentOf(rows, column) })),
      ...rows.map((row) =>
        row.map((value, column) => ({
          text: typeof value === 'number' ? toNumber(value) : value,
          alignment: alignmentOf(rows, column),
        })),
      ),
    ],
  },
});

const alignmentOf = (rows: (string | number)[][], column: number): 'left' | 'right' =>
  typeof rows[0]?.[column] === 'number' ? 'right' : 'left';
