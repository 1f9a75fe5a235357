import { initiate, scriptOf, smallFile } from '../arbitraries.ts';
import type { Property } from './property.ts';

export const capabilities: Property = {
  id: 'capabilities',
  title:
    'the capabilities document says what the server offers, whatever it holds, and a method that a resource lacks is refused',
  requirements: ['capabilities.document', 'capabilities.truth', 'http.method', 'http.date'],
  weight: 0,
  examples: (environment) => [
    scriptOf({ kind: 'capabilities' }, { kind: 'capabilities', head: true }),
    scriptOf(
      initiate('a', smallFile(environment, 2)),
      { kind: 'fill', session: 'a', write: 100 },
      { kind: 'capabilities' },
    ),
    scriptOf({ kind: 'method', session: 'a', resource: 'capabilities', method: 'DELETE' }),
    scriptOf({ kind: 'method', session: 'a', resource: 'initiate', method: 'DELETE' }),
  ],
};
