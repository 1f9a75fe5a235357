import { conclusionOf } from './conclusion.ts';
import type { Results } from './results.ts';

/** Of a badge: what it says, always with the denominator, and how it is to be taken. */
interface Badge {
  readonly label: string;
  readonly message: string;
  readonly tone: 'good' | 'doubt' | 'bad';
}

/** Names that shields.io knows, and the colours that stand for them here. */
const colours = { good: ['brightgreen', '#3a7d0a'], doubt: ['yellow', '#946200'], bad: ['red', '#b3261e'] } as const;

function badgeOf(results: Results, code: number): Badge {
  const { must } = results.summary;
  const applicable = Object.values(must).reduce((sum, one) => sum + one, 0) - must['not-applicable'];
  return {
    label: `contract ${results.contract.split('.').slice(0, 2).join('.')}`,
    message: `MUST ${must.pass}/${applicable}`,
    tone: must.pass < applicable && code === 0 ? 'doubt' : conclusionOf(results, code).tone,
  };
}

/** The badge for the endpoint of shields.io, version 1 of its schema. */
export function badgeJson(results: Results, code: number): string {
  const { label, message, tone } = badgeOf(results, code);
  return `${JSON.stringify({ schemaVersion: 1, label, message, color: colours[tone][0] }, undefined, 2)}\n`;
}

/** The badge as a picture. All of its text is the suite's own. */
export function badgeSvg(results: Results, code: number): string {
  const { label, message, tone } = badgeOf(results, code);
  // About what a digit takes in a sans-serif of 11 px; `textLength` makes it exactly that.
  const [left, right] = [label, message].map((text) => text.length * 6.5 + 12) as [number, number];
  const words = (text: string, from: number, width: number) =>
    `  <text x="${from + 6}" y="14" textLength="${width - 12}" fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label} · ${message}">`,
    `  <title>${label} · ${message}</title>`,
    `  <rect width="${left}" height="20" fill="#555"/>`,
    `  <rect x="${left}" width="${right}" height="20" fill="${colours[tone][1]}"/>`,
    words(label, 0, left),
    words(message, left, right),
    '</svg>',
    '',
  ].join('\n');
}
