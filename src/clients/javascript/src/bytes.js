// Bytes as PostgreSQL prints them, and in the other spellings that keys come in.
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';

export { bytesToHex as hex, concatBytes as concat, hexToBytes as fromHex };

/** bytea as PostgreSQL prints it. */
export const bytea = (bytes) => '\\x' + bytesToHex(bytes);

export const utf8 = (text) => new TextEncoder().encode(text);

/** Order of unsigned bytes, as for Array.prototype.sort. */
export const compareBytes = (a, b) => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return a[i] - b[i];
  }
  return a.length - b.length;
};

export const sameBytes = (a, b) => compareBytes(a, b) === 0;

// btoa takes a string of bytes; in pieces, for a call has only so many arguments.
export const base64 = (bytes) => {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary);
};

export const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
