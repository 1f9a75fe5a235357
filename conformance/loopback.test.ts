import { expect, test } from 'vitest';
import { isLoopback } from './loopback.ts';

test.each(['localhost', 'LOCALHOST.', 'a.localhost', '127.0.0.1', '127.8.9.1', '[::1]', '[::ffff:7f00:1]'])(
  '%s is this machine',
  (hostname) => expect(isLoopback({ hostname })).toBe(true),
);

test.each(['localhost.example.com', '128.0.0.1', '127.0.0.1.nip.io', '0.0.0.0', '[::2]', 'notlocalhost', '10.0.0.1'])(
  '%s may be another machine',
  (hostname) => expect(isLoopback({ hostname })).toBe(false),
);
