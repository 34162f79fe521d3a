// The bytes that are signed (docs/signing-format.md). Entries are [column, value]: Uint8Array, boolean, bigint, string or null.
import { encode, rfc8949EncodeOptions } from 'cborg';
import { base64, compareBytes, concat, utf8 } from './bytes.js';
import { MALFORMED, Refusal } from './refusal.js';

const rowsealV1 = (context, entries) =>
  encode(['rowseal-v1', context, new Map(entries.filter(([, value]) => value !== null))], rfc8949EncodeOptions);

const buckitUp = (_, entries, timestampColumn) => {
  const fields = entries.map(([column, value]) => {
    if (column === timestampColumn && !/^[1-9]\d{9}$/.test(value)) {
      throw new Refusal(MALFORMED, `column ${column} must have ten digits in the format buckitup, not be ${value}`);
    }
    return [utf8(column), utf8(value instanceof Uint8Array ? base64(value) : String(value))];
  });
  return concat(...fields.sort(([a], [b]) => compareBytes(a, b)).map(([, field]) => field));
};

export const FORMATS = { 'rowseal-v1': rowsealV1, buckitup: buckitUp };
