/** The forms of the fields that ask for content on a condition, or for a part of it (RFC 9110 13.1 and 14.2). */

const tag = String.raw`(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const date = String.raw`[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT`;
const range = String.raw`(?:\d{1,16}-\d{0,16}|-\d{1,16})`;

const forms = {
  range: new RegExp(`^bytes=${range}(?:, *${range})*$`),
  'if-none-match': new RegExp(`^(?:\\*|${tag}(?:, *${tag})*)$`),
  'if-range': new RegExp(`^(?:${tag}|${date})$`),
};

/** The fields, by their names in lower case. */
export const conditionalFields = Object.keys(forms) as readonly (keyof typeof forms)[];

/** Whether the field is there and does not parse. A range that ends before it begins does not (RFC 9110 14.1.1). */
export function isGarbled(field: keyof typeof forms, text: string | undefined): boolean {
  if (text === undefined) return false;
  const reversed = [...text.matchAll(/(\d+)-(\d+)/g)].some(([, first, last]) => Number(last) < Number(first));
  return !forms[field].test(text.trim()) || (field === 'range' && reversed);
}

/**
 * Whether `If-None-Match` names the tag (RFC 9110 13.1.2: weak comparison); `perhaps` if the field is no list of tags and
 * the tag is in it somewhere.
 */
export function namesTag(field: string | undefined, etag: string | undefined): boolean | 'perhaps' {
  if (field === undefined) return false;
  const text = field.replaceAll('\n', ', ').replace(/^[ \t]+|[ \t]+$/g, '');
  if (text === '*') return true;
  const isList = new RegExp(`^${tag}(?:[ \\t]*,[ \\t]*${tag})*$`).test(text);
  const named = etag !== undefined && [...text.matchAll(/"[^"]*"/g)].some(([one]) => one === etag);
  if (isList) return named;
  return text.includes('*') || (etag !== undefined && text.includes(etag)) ? 'perhaps' : false;
}
