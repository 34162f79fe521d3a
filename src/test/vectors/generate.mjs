// Test vectors, made from docs/signing-format.md with libraries that Rowseal does not use. Each vector is a card that signs itself.
import { writeFileSync } from 'node:fs';
import { encode, rfc8949EncodeOptions } from 'cborg';
import { ed25519 } from '@noble/curves/ed25519';
import { ed448 } from '@noble/curves/ed448';
import { p256 } from '@noble/curves/p256';
import { secp256k1 } from '@noble/curves/secp256k1';
import { sha3_512 } from '@noble/hashes/sha3';
import { sha256 } from '@noble/hashes/sha2';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa';
import { slh_dsa_sha2_128s } from '@noble/post-quantum/slh-dsa';

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const seed = (n) => sha256(Buffer.from('rowseal test vector ' + n));

const edwards = (curve, bytes) => (n) => {
  const secret = bytes === 57 ? Buffer.concat([seed(n), seed(n + 'b')]).subarray(0, 57) : seed(n);
  return { publicKey: curve.getPublicKey(secret), sign: (m) => curve.sign(m, secret) };
};
const ecdsa = (curve) => (n) => {
  const secret = seed(n);
  return {
    publicKey: curve.getPublicKey(secret, true),
    sign: (m) => curve.sign(sha256(m), secret, { lowS: true }).toCompactRawBytes(),
  };
};
const postQuantum = (scheme, length) => (n) => {
  const keys = scheme.keygen(Buffer.concat([seed(n), seed(n + 'b')]).subarray(0, length));
  return { publicKey: keys.publicKey, sign: (m) => scheme.sign(keys.secretKey, m) };
};
const algorithms = {
  Ed25519: edwards(ed25519, 32),
  Ed448: edwards(ed448, 57),
  ES256: ecdsa(p256),
  ES256K: ecdsa(secp256k1),
  'ML-DSA-44': postQuantum(ml_dsa44, 32),
  'ML-DSA-65': postQuantum(ml_dsa65, 32),
  'ML-DSA-87': postQuantum(ml_dsa87, 32),
  'SLH-DSA-SHA2-128s': postQuantum(slh_dsa_sha2_128s, 48),
};

const value = (type, text) => {
  if (type === 'bytea') return Buffer.from(text.slice(2), 'hex');
  if (type === 'boolean') return text === 't';
  if (['smallint', 'integer', 'bigint'].includes(type)) return BigInt(text);
  return text;
};

const vector = (name, algorithm, type, text, column = 'x', context = 'v') => {
  const key = algorithms[algorithm](name);
  const columns = [
    { name: 'user_hash', type: 'bytea', value: '\\x' + hex(sha3_512(key.publicKey)) },
    { name: 'sign_pkey', type: 'bytea', value: '\\x' + hex(key.publicKey) },
    { name: column, type, value: text },
    { name: 'deleted_flag', type: 'boolean', value: 'f' },
    { name: 'owner_timestamp', type: 'bigint', value: '1700000000' },
  ];
  const map = new Map(columns.filter((c) => c.value !== null).map((c) => [c.name, value(c.type, c.value)]));
  const message = encode(['rowseal-v1', context, map], rfc8949EncodeOptions);
  return { name, format: 'rowseal-v1', context, algorithm, columns, message: hex(message), public_key: hex(key.publicKey), signature: hex(key.sign(message)) };
};

const vectors = Object.keys(algorithms).map((a) => vector('algorithm ' + a, a, 'text', 'hello'));
const types = [
  ['bytea', '\\x00ff'], ['boolean', 't'], ['smallint', '-32768'], ['integer', '2147483647'], ['bigint', '9223372036854775807'],
  ['text', 'hello'], ['varchar(5)', 'hello'], ['char(4)', 'ab  '], ['name', 'hello'], ['uuid', '550e8400-e29b-41d4-a716-446655440000'],
  ['numeric', '1.10'], ['numeric', 'NaN'], ['float4', '0.1'], ['float8', '1e+20'], ['float8', 'NaN'], ['float8', '-0'],
  ['date', '0044-03-15 BC'], ['timestamp', 'infinity'], ['timestamptz', '2026-01-31 12:00:00.5+00'], ['time', '23:59:59.999999'],
  ['timetz', '12:00:00+05:30'], ['interval', '-1 days +02:03:04'], ['json', '{"b":1,  "a":2}'], ['jsonb', '{"a": 2, "b": 12345678901234567890}'],
  ['text[]', '{a,"b c",NULL,""}'], ['text[]', '{{a,b},{c,d}}'], ['int[]', '[2:4]={1,NULL,-3}'], ['bytea[]', '{"\\\\x00ff","\\\\x"}'],
  ['inet', '10.0.0.1'], ['cidr', '10.0.0.0/8'], ['bit(3)', '101'], ['int4range', '[1,5)'], ['point', '(1.5,-2)'],
  ['"char"', 'c'], ['oid', '4294967295'], ['positive', '7'], ['mood', 'so so'], ['pair', '(1,"a b")'],
];
types.forEach(([type, text]) => vectors.push(vector(`type ${type} ${text}`, 'Ed25519', type === 'positive' ? 'integer' : type, text)));
vectors.filter((v) => v.name.startsWith('type positive')).forEach((v) => (v.columns[2].type = 'positive'));
[
  ['NULL', 'text', null], ['the text null', 'text', 'null'], ['empty text', 'text', ''], ['empty bytes', 'bytea', '\\x'],
  ['past 2^53', 'bigint', '9007199254740993'], ['least bigint', 'bigint', '-9223372036854775808'], ['minus one', 'bigint', '-1'],
  ['what looks like an escaped NUL', 'text', '\\u0000 \\x00 \\0'], ['astral text, not normalised', 'text', 'e\u0301 \u{1F512}'],
  ['24 bytes', 'bytea', '\\x' + '5a'.repeat(24)], ['256 bytes', 'bytea', '\\x' + '5a'.repeat(256)], ['65536 characters', 'text', 'y'.repeat(65536)],
].forEach(([name, type, text]) => vectors.push(vector(name, 'Ed25519', type, text)));
vectors.push(vector('non-ASCII column', 'Ed25519', 'text', 'a', 'gr\u00f6\u00dfe'));
vectors.push(vector('column of 24 bytes', 'Ed25519', 'text', 'a', 'abcdefghijklmnopqrstuvwx'));
vectors.push(vector('upper-case column', 'Ed25519', 'text', 'a', 'Name'));
vectors.push(vector('context of 256 bytes', 'Ed25519', 'text', 'a', 'x', 'c'.repeat(256)));

writeFileSync(new URL('../resources/vectors/rowseal-v1.json', import.meta.url), '[\n' + vectors.map((v) => JSON.stringify(v)).join(',\n') + '\n]\n');
