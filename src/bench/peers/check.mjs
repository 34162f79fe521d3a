// Checks rows as an application would before it inserts them: node check.mjs ROWS ALGORITHM. Prints the seconds that takes, warm.
import { readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519';
import { ml_dsa87 } from '@noble/post-quantum/ml-dsa';

const [file, algorithm] = process.argv.slice(2);
const verify = {
  // Strict as RFC 8032, which is also the faster way here.
  Ed25519: (key, message, signature) => ed25519.verify(signature, message, key, { zip215: false }),
  'ML-DSA-87': (key, message, signature) => ml_dsa87.verify(key, message, signature),
}[algorithm];

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
const rows = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => {
  const row = JSON.parse(line);
  for (const name of ['user_hash', 'value_b64', 'sign_b64', 'sign_pkey']) row[name] = bytes(row[name]);
  return row;
});

// rowseal-v1 for this one table, so that everything that is the same in each row is encoded once.
const head = (major, n) => {
  if (n < 24) return Buffer.from([(major << 5) | n]);
  if (n < 0x100) return Buffer.from([(major << 5) | 24, n]);
  if (n < 0x10000) return Buffer.from([(major << 5) | 25, n >> 8, n & 0xff]);
  const long = Buffer.alloc(n < 0x100000000 ? 5 : 9, (major << 5) | (n < 0x100000000 ? 26 : 27));
  if (long.length === 5) long.writeUInt32BE(n, 1);
  else long.writeBigUInt64BE(BigInt(n), 1);
  return long;
};
const text = (s) => Buffer.concat([head(3, Buffer.byteLength(s)), Buffer.from(s)]);
const data = (b) => Buffer.concat([head(2, b.length), b]);
const beginning = Buffer.concat([head(4, 3), text('rowseal-v1'), text('bench'), head(5, 5)]);
const [UUID, USER_HASH, VALUE, DELETED, TIMESTAMP] =
  ['uuid', 'user_hash', 'value_b64', 'deleted_flag', 'owner_timestamp'].map(text);
const encode = (row) =>
  Buffer.concat([beginning, UUID, text(row.uuid), USER_HASH, data(row.user_hash), VALUE, data(row.value_b64),
    DELETED, Buffer.from([0xf4]), TIMESTAMP, head(0, row.owner_timestamp)]);

const check = (row) => {
  if (!verify(row.sign_pkey, encode(row), row.sign_b64)) throw new Error('signature does not verify');
};
rows.slice(0, 1 + rows.length / 4).forEach(check);
const start = process.hrtime.bigint();
rows.forEach(check);
console.log(Number(process.hrtime.bigint() - start) / 1e9);
