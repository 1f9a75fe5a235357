import fc from 'fast-check';
import { scriptOf } from '../arbitraries.ts';
import type { Property } from './property.ts';

export const capabilities: Property = {
  id: 'capabilities',
  title: 'the capabilities document says what the server offers, and a method that a resource lacks is refused',
  requirements: ['capabilities.document', 'http.method', 'http.date'],
  weight: 0,
  scripts: () =>
    fc.constant(
      scriptOf(
        { kind: 'capabilities' },
        { kind: 'capabilities', head: true },
        { kind: 'method', session: 'a', resource: 'capabilities', method: 'DELETE' },
        { kind: 'method', session: 'a', resource: 'initiate', method: 'DELETE' },
      ),
    ),
};
