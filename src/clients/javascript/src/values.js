// Column values: what an application or a server hands over, and what is signed. A reader gives undefined for what it does not take.
import { bytea, fromHex } from './bytes.js';

const text = (value) => (typeof value === 'string' && value.isWellFormed() ? value : undefined);
const integer = (value) => {
  const isExact = typeof value === 'bigint' || Number.isSafeInteger(value) || (typeof value === 'string' && /^-?(0|[1-9]\d{0,18})$/.test(value));
  return isExact && BigInt.asIntN(64, BigInt(value)) === BigInt(value) ? BigInt(value) : undefined;
};
const TRUTH = { true: true, t: true, false: false, f: false };

/** Kinds of columns: how each reads a value, and in which words it refuses one. */
export const KINDS = {
  bytes: {
    expected: 'a Uint8Array or text like \\x00ff',
    read: (value) => {
      if (value instanceof Uint8Array) return value;
      return typeof value === 'string' && /^\\x([0-9a-fA-F]{2})*$/.test(value) ? fromHex(value.slice(2)) : undefined;
    },
  },
  boolean: {
    expected: 'a boolean or t, f, true, false',
    read: (value) => (typeof value === 'boolean' ? value : typeof value === 'string' && Object.hasOwn(TRUTH, value) ? TRUTH[value] : undefined),
  },
  integer: { expected: 'a bigint, an integer up to 2^53 or decimal text, of 64 bits', read: integer },
  text: { expected: 'text as PostgreSQL prints it', read: text },
  // Two that Electric spells otherwise than PostgreSQL prints them under the settings of the format.
  interval: { expected: 'an interval as text', read: (value) => text(value) && intervalText(value) },
  inet: { expected: 'an address as text', read: (value) => text(value)?.replace(value.includes(':') ? /\/128$/ : /\/32$/, '') },
};

/** A value as PostgreSQL takes it and prints it. */
export const print = (value) => (value === null ? null : value instanceof Uint8Array ? bytea(value) : String(value));

/** ISO 8601 (P1Y2M3DT4H5M6.5S) as IntervalStyle postgres prints it; other text as it is. */
const intervalText = (value) => {
  const part = '(-?\\d+)';
  const match = new RegExp(`^P(?:${part}Y)?(?:${part}M)?(?:${part}D)?(?:T(?:${part}H)?(?:${part}M)?(?:(-?)(\\d+)(\\.\\d+)?S)?)?$`).exec(value);
  if (!match) return value;
  const [, years, months, days, hours = '0', minutes = '0', sign = '', seconds = '0', fraction = ''] = match;
  let text = '';
  let negativeBefore = false;
  for (const [number, unit] of [[years, 'year'], [months, 'mon'], [days, 'day']]) {
    if (number === undefined || Number(number) === 0) continue;
    const plus = negativeBefore && Number(number) > 0 ? '+' : '';
    text += `${text && ' '}${plus}${number} ${unit}${Number(number) === 1 ? '' : 's'}`;
    negativeBefore = Number(number) < 0;
  }
  const isZero = ![hours, minutes, seconds, fraction.slice(1)].some((n) => Number(n) !== 0);
  if (isZero && text) return text;
  const isNegative = [hours, minutes, sign].some((n) => n.startsWith('-'));
  const two = (n) => n.replace('-', '').padStart(2, '0');
  return `${text && text + ' '}${isNegative ? '-' : negativeBefore ? '+' : ''}${two(hours)}:${two(minutes)}:${two(seconds)}${fraction}`;
};
