import { expect, test } from 'vitest';
import { escapeKey, follow, describe as told, validator } from './description.ts';

test('a path leads to its object, and says by which pointer it is found', () => {
  const { pointer, found } = follow(['paths', '/attachment/initiate', 'post']);
  expect(pointer).toBe('#/paths/~1attachment~1initiate/post');
  expect(found).toHaveProperty('operationId', 'initiateUpload');
});

test('a path to a reference leads to what it stands for', () => {
  const { pointer, found } = follow(['components', 'schemas', 'UploadSession', 'properties', 'completionError']);
  expect(pointer).toBe('#/components/schemas/Problem');
  expect(found).toHaveProperty('type', 'object');
});

test('a path that leads nowhere finds nothing', () => {
  expect(follow(['components', 'no such', 'member']).found).toBeUndefined();
});

test('a key is written as RFC 6901 has it, in a URI', () => {
  expect(escapeKey('~a/b c')).toBe('~0a~1b%20c');
});

test('what a schema finds wrong is told by its place, and not by the condition that led there', () => {
  const validate = validator('#/components/schemas/UploadSession');
  validate({ state: 'completed' });
  expect(told(validate)).toBe(
    "# must have required property 'attachment', # must have required property 'sessionId', # must have required property 'fileName'",
  );
});
