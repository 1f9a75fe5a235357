import type { Exchange } from '../history.ts';
import { clip } from './escape.ts';
import type { Failure } from './results.ts';
import { outcomeInWords } from './rows.ts';
import { callInWords } from './words.ts';

/** The widest line that is drawn; beyond it the bars carry only the answers. In characters. */
const widest = 110;

/**
 * The requests of a script's concurrent part as bars, a row a client, left to right in the order in which they were sent
 * and answered: where two bars lie above one another, neither came first. Not to scale, since what matters is the order.
 * A bar without an end had no answer. Empty if nothing was sent at the same time.
 */
export function timeline(failure: Failure): readonly string[] {
  const { script, history } = failure;
  const first = script.calls.length;
  const last = first + (script.together ?? []).flat().length;
  const racing = history.filter(({ step }) => step >= first && step < last);
  if (new Set(racing.map(({ client }) => client)).size < 2) return [];
  const full = draw(racing, (exchange) => `${clip(callInWords(exchange.call), 40)} ${statusOf(exchange)}`);
  return full.every((line) => line.length <= widest) ? full : draw(racing, statusOf);
}

const statusOf = (exchange: Exchange): string => outcomeInWords(exchange).status;

/** A request as it is drawn: from one column to another, both included. */
interface Bar {
  readonly client: string;
  readonly label: string;
  readonly sentAt: number;
  /** Infinite where no answer came. */
  readonly receivedAt: number;
}

function draw(racing: readonly Exchange[], labelOf: (exchange: Exchange) => string): readonly string[] {
  const bars = racing.map((exchange): Bar => {
    const answered = exchange.outcome.kind === 'answered';
    const { client, sentAt } = exchange;
    return {
      client,
      label: labelOf(exchange),
      sentAt,
      receivedAt: answered ? exchange.receivedAt : Number.POSITIVE_INFINITY,
    };
  });
  const columns = columnsOf(bars);
  const end = Math.max(...columns.values());
  return [...Map.groupBy(bars, ({ client }) => client)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([client, own]) => {
      const line = own
        .sort((a, b) => a.sentAt - b.sentAt)
        .reduce((text, bar, index) => {
          const from = columns.get(bar.sentAt) ?? 0;
          // A client that got no answer may send its next request: the open bar then ends there.
          const open = bar.receivedAt === Number.POSITIVE_INFINITY;
          const next = own[index + 1];
          const to =
            open && next !== undefined ? (columns.get(next.sentAt) ?? 0) - 1 : (columns.get(bar.receivedAt) ?? end);
          return `${text.padEnd(from)}${barText(bar.label, to - from + 1, open)}`;
        }, '');
      return `${client}  ${line}`;
    });
}

function barText(label: string, width: number, open: boolean): string {
  const inner = ` ${label} `;
  const dashes = Math.max(0, width - 2 - inner.length);
  const before = Math.floor(dashes / 2);
  return `├${'─'.repeat(before)}${inner}${(open ? '┄' : '─').repeat(dashes - before)}${open ? '┄' : '┤'}`;
}

/** A column for each moment, in order, as near to each other as the labels allow. */
function columnsOf(bars: readonly Bar[]): ReadonlyMap<number, number> {
  const moments = [...new Set(bars.flatMap(({ sentAt, receivedAt }) => [sentAt, receivedAt]))].sort((a, b) => a - b);
  const columns = new Map<number, number>();
  let previous = -2;
  for (const moment of moments) {
    const needed = bars.map((bar) => {
      if (bar.sentAt >= moment) return 0;
      // An open bar has to make room for the next request of its client.
      const makesRoom = bars.some((one) => one.client === bar.client && one.sentAt === moment);
      const ends = bar.receivedAt === moment || (bar.receivedAt === Number.POSITIVE_INFINITY && makesRoom);
      return ends ? (columns.get(bar.sentAt) ?? 0) + bar.label.length + 5 : 0;
    });
    previous = Math.max(previous + 2, ...needed);
    columns.set(moment, previous);
  }
  return columns;
}

/**
 * How far the contract explains a race, in words: `explained 5 of 7 answers: A chunk 0 = w1 201, then B complete 409`.
 * Undefined where one client asked one thing after another, since the table says the same.
 */
export function explanationInWords(failure: Failure): string | undefined {
  const { explained, history, script } = failure;
  if (script.together === undefined) return undefined;
  const inWords = (index: number): string | undefined => {
    const exchange = history[index];
    return exchange && `${exchange.client} ${clip(callInWords(exchange.call), 40)} ${statusOf(exchange)}`;
  };
  const order = (explained.order ?? []).map(inWords).filter((one) => one !== undefined);
  const left = inWords(failure.at);
  return [
    `explained ${explained.k} of ${explained.n} answers${order.length > 0 ? `: ${order.join(', then ')}` : ''}`,
    ...(left === undefined ? [] : [`in no order ${left}`]),
  ].join('; ');
}
