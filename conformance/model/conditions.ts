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
