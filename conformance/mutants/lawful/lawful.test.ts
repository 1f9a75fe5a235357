import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { requirements } from '../../../generated/requirements.ts';
import type { Results } from '../../report/results.ts';
import { judged, shortRun, wronged } from './trial.ts';
import type { Variant } from './variant.ts';
import { variants } from './variants.ts';

/** Servers that are judged side by side: much of the time is spent waiting for sessions to expire. */
const atOnce = 12;

const named = (id: string): Variant => variants.find((variant) => variant.id === id) as Variant;
const verdictOf = (results: Results, id: string) => results.requirements.find((one) => one.id === id);

describe('a lawful server', () => {
  it('has an id and a sentence of its own', () => {
    for (const texts of [variants.map(({ id }) => id), variants.map(({ sentence }) => sentence)])
      expect(texts.filter((text, index) => texts.indexOf(text) !== index)).toEqual([]);
    const readme = readFileSync('README.md', 'utf8').replace(/\s+/g, ' ');
    expect(readme).toContain(`${variants.length} lawful variants`);
  });

  it('is allowed by words of the contract, or by a section of an RFC', () => {
    const flat = (text: string): string => text.replace(/\s+/g, ' ');
    const texts = Object.values(requirements).map(({ text }) => text);
    const contract = flat([readFileSync('spec/protocol.md', 'utf8'), ...texts].join('\n'));
    const unfounded = variants.filter(
      ({ allowedBy }) => !/^RFC \d+ \d+(\.\d+)*$/.test(allowedBy) && !contract.includes(flat(allowedBy)),
    );
    expect(unfounded.map(({ id }) => id)).toEqual([]);
  });
});

describe('is blamed for nothing:', () => {
  const said = new Map(variants.map(({ id }) => [id, Promise.withResolvers<string[]>()]));
  const queue = variants.map((variant, seed) => ({ variant, seed }));
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { variant, seed } = next;
      const told = said.get(variant.id);
      await judged(variant, shortRun(seed)).then((results) => told?.resolve(wronged(variant, results)), told?.reject);
    }
  };
  for (let worker = 0; worker < atOnce; worker++) void work();

  it.each(variants.map(({ id, sentence }) => [id, sentence]))('%s: %s', { timeout: 300_000 }, async (id) => {
    expect(await said.get(id)?.promise).toEqual([]);
  });
});

describe.concurrent('a whole run', { timeout: 300_000 }, () => {
  it('asks a server of large chunks for few of them, and leaves nothing but chance untested', async () => {
    const results = await judged(named('large-chunks'), { runs: 10, maxBytes: 256 * 2 ** 20, skip: ['storage*'] });
    expect(wronged(named('large-chunks'), results)).toEqual([]);
    for (const id of ['chunk.any-order', 'chunk.atomic', 'complete.bytes', 'content.exact'])
      expect(verdictOf(results, id)?.verdict).toBe('pass');
    expect(results.stats.bytes).toBeLessThan(256 * 2 ** 20);
    expect(results.properties.filter(({ note }) => note?.includes('stopped'))).toEqual([]);
  });

  it('does not call expiry kept where nobody could wait for it, and says why', async () => {
    const results = await judged(named('fixed-long-timeout'), { only: ['expiry*'], runs: 5 });
    const why = 'sessions last at least 86400 s, and --wait-expiry is 5 s';
    for (const id of ['enforced', 'not-early', 'in-flight', 'attachment', 'releases'])
      expect(verdictOf(results, `expiry.${id}`)).toMatchObject({ verdict: 'not-tested', reason: why });
  });

  it('judges the bytes by the digest of the whole where nothing can be read back', async () => {
    const results = await judged(named('core-only'), { only: ['complete.*', 'expiry.attachment'], runs: 5 });
    expect(verdictOf(results, 'complete.bytes')).toMatchObject({ verdict: 'pass' });
    expect(verdictOf(results, 'expiry.attachment')).toMatchObject({
      verdict: 'not-tested',
      reason: 'what became of an attachment can only be seen with the profile download',
    });
  });

  it('says of a server without chunks that no chunk can be seen', async () => {
    const only = ['chunk.stored', 'chunk.parallel', 'complete.incomplete', 'expiry.releases'];
    const results = await judged(named('empty-files-only'), { only, runs: 2 });
    for (const id of only)
      expect(verdictOf(results, id)).toMatchObject({
        verdict: 'not-tested',
        reason: expect.stringMatching(/^no file may/),
      });
    expect(results.failures).toEqual([]);
  });

  it('warns of every SHOULD that is broken, and fails of none', async () => {
    const results = await judged(named('no-shoulds'), { only: ['chunk.*', 'content.*', 'http.method'], runs: 2 });
    const warned = results.requirements.filter(({ verdict }) => verdict === 'warn').map(({ id }) => id);
    expect(warned).toEqual(expect.arrayContaining([...(named('no-shoulds').warns ?? [])]));
    expect(results.failures).toEqual([]);
  });

  it('comes equally far with every property when its time is over, and says how far', async () => {
    const results = await judged(named('far-away'), {
      maxTimeSeconds: 10,
      skip: ['expiry*', 'stillness', 'status.safe', 'durability', 'storage'],
    });
    expect(results.failures).toEqual([]);
    expect(results.run.durationMs).toBeLessThan(25_000);
    const cut = results.properties.filter(({ note }) => note?.includes('stopped after --max-time 10 s'));
    expect(cut.length).toBeGreaterThan(8);
    const shares = cut.map(({ note = '' }) => {
      const [, played, planned] = /^(\d+) of (\d+) scripts, /.exec(note) ?? [];
      expect(Number(played)).toBeGreaterThan(0);
      return Number(played) / Number(planned);
    });
    expect(Math.max(...shares)).toBeLessThan(1);
  });
});
