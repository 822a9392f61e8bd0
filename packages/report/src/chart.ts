/** A part of a bar, in its color. */
interface Part {
  readonly value: number;
  readonly color: string;
}

interface Bar {
  /** Letters, digits and signs that SVG has no use for. */
  readonly label: string;
  readonly parts: readonly Part[];
}

const height = 150;
const labelHeight = 14;
const axisWidth = 46;
const plotHeight = height - labelHeight - 8;

/**
 * Bars side by side, each a stack of its parts, with the highest value beside them, as an SVG of that width.
 *
 * @param labelEvery only each so many bars have their label written below them
 */
export function toBarChart(bars: readonly Bar[], width: number, labelEvery: number): string {
  const highest = Math.max(1, ...bars.map(({ parts }) => sum(parts)));
  const step = (width - axisWidth) / Math.max(bars.length, 1);
  const barWidth = Math.min(step * 0.8, 40);
  const toHeight = (value: number) => (value / highest) * plotHeight;
  const drawn = bars.map(({ label, parts }, index) => {
    const x = axisWidth + step * index + (step - barWidth) / 2;
    let y = 8 + plotHeight;
    const stack = parts.map(({ value, color }) => {
      const part = toHeight(value);
      y -= part;
      return value > 0 ? rect(x, y, barWidth, part, color) : '';
    });
    const isLabelled = index % labelEvery === 0;
    return stack.join('') + (isLabelled ? text(x + barWidth / 2, height - 3, 'middle', label) : '');
  });
  const lines = [0, 0.5, 1].map((share) => {
    const y = 8 + plotHeight - plotHeight * share;
    const line = `<line x1="${axisWidth}" y1="${y}" x2="${width}" y2="${y}" stroke="#dddddd" stroke-width="0.5"/>`;
    return line + text(axisWidth - 4, y + 3, 'end', toShort(highest * share));
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${lines.join('')}${drawn.join('')}</svg>`;
}

const sum = (parts: readonly Part[]) => parts.reduce((total, { value }) => total + value, 0);

const rect = (x: number, y: number, width: number, high: number, color: string) =>
  `<rect x="${x.toFixed(2)}" y="${y.toFixed(2)}" width="${width.toFixed(2)}" height="${high.toFixed(2)}" fill="${color}"/>`;

const text = (x: number, y: number, anchor: 'middle' | 'end', words: string) =>
  `<text x="${x.toFixed(2)}" y="${y.toFixed(2)}" text-anchor="${anchor}" font-size="7" fill="#444444">${words}</text>`;

/** `950`, `1.2k`, `3M` */
function toShort(value: number): string {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toFixed(1))}M`;
  return value >= 10_000 ? `${Number((value / 1_000).toFixed(1))}k` : String(Math.round(value));
}
