import { scriptOf } from '../arbitraries.ts';
import type { Property } from './property.ts';

export const capabilities: Property = {
  id: 'capabilities',
  title: 'the capabilities document says what the server offers, and a method that a resource lacks is refused',
  requirements: ['capabilities.document', 'http.method', 'http.date'],
  weight: 0,
  examples: () => [
    scriptOf({ kind: 'capabilities' }, { kind: 'capabilities', head: true }),
    scriptOf({ kind: 'method', session: 'a', resource: 'capabilities', method: 'DELETE' }),
    scriptOf({ kind: 'method', session: 'a', resource: 'initiate', method: 'DELETE' }),
  ],
};
