import stripJsonComments from 'strip-json-comments';

/** Reads JSON that people write: with comments and trailing commas. Throws a `SyntaxError` where it is not even that. */
export const parseCommented = (text: string): unknown => JSON.parse(stripJsonComments(text, { trailingCommas: true }));
