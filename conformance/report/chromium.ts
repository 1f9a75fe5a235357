/** For tests only: the browser of this machine. */
import { existsSync } from 'node:fs';

/** Where a browser of the system lies: none is downloaded. */
export const chromiumPath = [
  process.env['CHROME_PATH'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find(existsSync);

/** Belongs behind the title of what is skipped without one. */
export const withoutChromium =
  chromiumPath === undefined ? ' (skipped: no Chromium on this machine; name one by CHROME_PATH)' : '';

/** A browser on a busy machine takes its time. */
export const slowly = { timeout: 60_000 };
