import { html, type SafeHtml } from '@remix-run/html-template';
import type { Exchange } from '../history.ts';
import { clip, escapeText } from './escape.ts';
import type { Failure } from './results.ts';
import { flatten, outcomeInWords, sendsNothing } from './rows.ts';
import { callInWords, faultInWords } from './words.ts';

/** Beyond so many requests a drawing tells less than the table. Shrunk failures have a handful. */
const mostRequests = 40;

/** Sizes in CSS pixels. */
const row = 30;
const top = 34;
const betweenClients = 70;
const toServer = 440;

/** Something that happens at one moment: a request leaves, an answer comes (or none does), or nothing is sent at all. */
type Moment =
  | { readonly kind: 'sent' | 'received'; readonly exchange: Exchange; readonly offending: boolean }
  | { readonly kind: 'silent'; readonly text: string };

/**
 * A failure as a sequence diagram: a line for each client and one for the server, time from top to bottom, each request
 * where it was sent and each answer where it came, so that what was under way at the same time crosses. SVG within the
 * page; undefined if there is nothing to draw, or too much.
 */
export function sequenceHtml(failure: Failure): SafeHtml | undefined {
  const { history } = failure;
  if (history.length === 0 || history.length > mostRequests) return undefined;
  const clients = [...new Set(history.map(({ client }) => client))].sort();
  const server = 30 + betweenClients * (clients.length - 1) + toServer;
  const place = (client: string): number => 30 + betweenClients * clients.indexOf(client);
  const moments = momentsOf(failure);
  const height = top + row * (moments.length + 1);
  const lines = [...clients.map((client) => [escapeText(client), place(client)] as const), ['server', server] as const];
  return html`<div class="scroll"><svg class="sequence" role="img" aria-label="Sequence diagram; the table says the same" width="${server + 200}" height="${height}" viewBox="0 0 ${server + 200} ${height}">
${lines.map(([name, x]) => html`<text class="actor" x="${x}" y="16" text-anchor="middle">${name}</text><line class="life" x1="${x}" y1="24" x2="${x}" y2="${height}"></line>\n`)}
${moments.map((moment, index) => momentHtml(moment, top + row * (index + 1), place, server))}</svg></div>`;
}

function momentHtml(moment: Moment, y: number, place: (client: string) => number, server: number): SafeHtml {
  if (moment.kind === 'silent')
    return html`<text class="silent" x="${(30 + server) / 2}" y="${y - 6}" text-anchor="middle">${moment.text}</text>\n`;
  const { exchange, offending } = moment;
  const x = place(exchange.client);
  const tone = offending ? ' bad' : '';
  const { status, note } = outcomeInWords(exchange);
  if (moment.kind === 'sent') {
    const fault = exchange.fault === undefined ? '' : `, ${faultInWords(exchange.fault)}`;
    const cut = exchange.fault?.kind === 'cut' && exchange.outcome.kind === 'lost';
    const end = cut ? (x + server) / 2 : server;
    return html`${label(clip(`${callInWords(exchange.call)}${fault}`, 52), x, y, '')}<line class="request" x1="${x}" y1="${y}" x2="${end}" y2="${y}"></line>${cut ? mark('✂', end, y) : head(end, y, -1, '')}\n`;
  }
  if (exchange.outcome.kind === 'lost') {
    const cut = exchange.fault?.kind === 'cut';
    return cut ? html`` : html`${label(note || 'no answer', x, y, tone)}${mark('∅', x + 4, y)}\n`;
  }
  const words = [status, note, offending ? '← not allowed' : ''].filter(Boolean).join('  ');
  return html`${label(clip(words, 60), x, y, tone)}<line class="answer${tone}" x1="${server}" y1="${y}" x2="${x}" y2="${y}"></line>${head(x, y, 1, tone)}\n`;
}

/** Beside its client's line, above its arrow. */
const label = (text: string, x: number, y: number, tone: string): SafeHtml =>
  html`<text class="label${tone}" x="${x + 12}" y="${y - 5}">${text}</text>`;

const mark = (sign: string, x: number, y: number): SafeHtml =>
  html`<text class="mark" x="${x}" y="${y + 5}">${sign}</text>`;

/** The head of an arrow that points to the right (-1) or to the left (1). */
const head = (x: number, y: number, way: 1 | -1, tone: string): SafeHtml =>
  html`<path class="head${tone}" d="M${x} ${y} l${way * 8} -4 v8 z"></path>`;

/** All that happens, in the order in which it did; what sends nothing stands before what was sent after it. */
function momentsOf({ history, script, at }: Failure): readonly Moment[] {
  const events = history.flatMap((exchange, index) => {
    const offending = index === at;
    return [
      { time: exchange.sentAt, moment: { kind: 'sent', exchange, offending } as Moment, step: exchange.step },
      { time: exchange.receivedAt, moment: { kind: 'received', exchange, offending } as Moment, step: exchange.step },
    ];
  });
  const silent = flatten(script).flatMap(({ call }, step) =>
    sendsNothing(call) ? [{ step, moment: { kind: 'silent', text: callInWords(call) } as Moment }] : [],
  );
  const moments: Moment[] = [];
  for (const { moment, step } of events.sort((a, b) => a.time - b.time)) {
    while (silent[0] !== undefined && silent[0].step < step)
      moments.push((silent.shift() as (typeof silent)[0]).moment);
    moments.push(moment);
  }
  return [...moments, ...silent.map(({ moment }) => moment)];
}
