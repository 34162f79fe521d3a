// Test vectors, made from docs/signing-format.md with libraries that Rowseal does not use. Each vector is a card that signs
// itself, in a table of its own:
//
//   create              what must exist before the table
//   protect             arguments of rowseal.protect_identities, all but the table
//   columns             name, type, kind (how values are signed: bytes, boolean, integer, text), value as PostgreSQL prints it
//   message, signature  in hex; public_key is what the column sign_pkey holds
import assert from 'node:assert';
import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { encode, rfc8949EncodeOptions } from 'cborg';
import { ed25519 } from '@noble/curves/ed25519';
import { ed448 } from '@noble/curves/ed448';
import { p256 } from '@noble/curves/p256';
import { secp256k1 } from '@noble/curves/secp256k1';
import { sha3_256, sha3_512 } from '@noble/hashes/sha3';
import { sha256, sha512 } from '@noble/hashes/sha2';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa';
import { slh_dsa_sha2_128s } from '@noble/post-quantum/slh-dsa';

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const bytea = (bytes) => '\\x' + hex(bytes);
const seed = (n) => sha256(Buffer.from('rowseal test vector ' + n));

// ---------------------------------------------------------------- keys and signatures

const edwards = (curve, bytes, oid) => (n) => {
  const secret = bytes === 57 ? Buffer.concat([seed(n), seed(n + 'b')]).subarray(0, 57) : seed(n);
  return { oid, publicKey: curve.getPublicKey(secret), sign: (m) => curve.sign(m, secret) };
};
const ecdsa = (curve, named, compressed) => (n) => {
  const secret = seed(n);
  return {
    oid: '1.2.840.10045.2.1',
    curve: named,
    publicKey: curve.getPublicKey(secret, compressed),
    sign: (m) => curve.sign(sha256(m), secret, { lowS: true }).toCompactRawBytes(),
  };
};
const postQuantum = (scheme, length, oid) => (n) => {
  const keys = scheme.keygen(Buffer.concat([seed(n), seed(n + 'b')]).subarray(0, length));
  return { oid, publicKey: keys.publicKey, sign: (m) => scheme.sign(keys.secretKey, m) };
};
const P256 = '1.2.840.10045.3.1.7';
const SECP256K1 = '1.3.132.0.10';
const keys = {
  Ed25519: edwards(ed25519, 32, '1.3.101.112'),
  Ed448: edwards(ed448, 57, '1.3.101.113'),
  ES256: ecdsa(p256, P256, true),
  ES256K: ecdsa(secp256k1, SECP256K1, true),
  'ML-DSA-44': postQuantum(ml_dsa44, 32, '2.16.840.1.101.3.4.3.17'),
  'ML-DSA-65': postQuantum(ml_dsa65, 32, '2.16.840.1.101.3.4.3.18'),
  'ML-DSA-87': postQuantum(ml_dsa87, 32, '2.16.840.1.101.3.4.3.19'),
  'SLH-DSA-SHA2-128s': postQuantum(slh_dsa_sha2_128s, 48, '2.16.840.1.101.3.4.3.20'),
};
const algorithms = Object.keys(keys);
const uncompressed = { ES256: ecdsa(p256, P256, false), ES256K: ecdsa(secp256k1, SECP256K1, false) };

// ---------------------------------------------------------------- DER SubjectPublicKeyInfo

const der = (tag, ...contents) => {
  const content = Buffer.concat(contents);
  const n = content.length;
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const objectIdentifier = (dotted) => {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const base128 = (n) => (n < 0x80 ? [n] : [...base128(Math.floor(n / 0x80)).map((b) => b | 0x80), n % 0x80]);
  return der(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
};
const spki = (key) =>
  der(0x30,
    der(0x30, objectIdentifier(key.oid), key.curve ? objectIdentifier(key.curve) : Buffer.alloc(0)),
    der(0x03, Buffer.from([0]), key.publicKey));

// ---------------------------------------------------------------- messages

const kinds = { bytea: 'bytes', boolean: 'boolean', smallint: 'integer', integer: 'integer', bigint: 'integer' };
const kindOf = (type) => kinds[type] ?? 'text';
const value = (kind, text) => {
  if (kind === 'bytes') return Buffer.from(text.slice(2), 'hex');
  if (kind === 'boolean') return text === 't';
  if (kind === 'integer') return BigInt(text);
  return text;
};
const encoders = {
  'rowseal-v1': (context, columns) =>
    encode(['rowseal-v1', context, new Map(columns.filter((c) => c.value !== null).map((c) => [c.name, value(c.kind, c.value)]))],
      rfc8949EncodeOptions),
  buckitup: (_, columns) =>
    Buffer.from([...columns]
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
      .map((c) => {
        if (c.value === null) return 'null';
        if (c.kind === 'bytes') return value(c.kind, c.value).toString('base64');
        return c.kind === 'boolean' ? String(c.value === 't') : c.value;
      })
      .join('')),
};

const hashes = { 'SHA3-512': sha3_512, 'SHA3-256': sha3_256, 'SHA-256': sha256, 'SHA-512': sha512 };
const card = { algorithm: 'Ed25519', format: 'rowseal-v1', context: 'v', ownerHash: 'SHA3-512', ownerType: 'bytea', create: [], given: [] };

// given: [column, type, text, what it is signed as, if that is not the type]
const vector = (name, options) => {
  const o = { ...card, ...options };
  const key = (o.key ?? keys[o.algorithm])(name);
  const publicKey = o.protectedAs === 'SPKI' ? spki(key) : key.publicKey;
  const digest = hashes[o.ownerHash](publicKey);
  const columns = [
    ['user_hash', o.ownerType, o.ownerType === 'bytea' ? bytea(digest) : o.ownerPrefix + hex(digest)],
    ['sign_pkey', 'bytea', bytea(publicKey)],
    ...o.given,
    ['deleted_flag', 'boolean', 'f'],
    ['owner_timestamp', 'bigint', '1700000000'],
  ];
  const asSigned = columns.map(([column, type, text, signedAs]) => ({ name: column, type, kind: kindOf(signedAs ?? type), value: text }));
  const message = encoders[o.format](o.context, asSigned);
  return {
    name,
    algorithm: o.algorithm,
    ...(o.create.length ? { create: o.create } : {}),
    protect: {
      algorithm: o.protectedAs ?? o.algorithm,
      context: o.context,
      ...(o.format === card.format ? {} : { format: o.format }),
      ...(o.ownerHash === card.ownerHash ? {} : { owner_hash: o.ownerHash }),
      ...(o.ownerPrefix ? { owner_prefix: o.ownerPrefix } : {}),
    },
    columns: asSigned,
    message: hex(message),
    public_key: hex(publicKey),
    signature: hex(key.sign(message)),
  };
};

// ---------------------------------------------------------------- the vectors

const hello = [['x', 'text', 'hello']];
const vectors = [];
const add = (name, options) => vectors.push(vector(name, options));

algorithms.forEach((algorithm) => add('algorithm ' + algorithm, { algorithm, given: hello }));
Object.entries(uncompressed).forEach(([algorithm, key]) => add(`algorithm ${algorithm}, uncompressed point`, { algorithm, key, given: hello }));
algorithms.forEach((algorithm) => add('SPKI ' + algorithm, { algorithm, protectedAs: 'SPKI', given: hello }));
Object.entries(uncompressed).forEach(([algorithm, key]) =>
  add(`SPKI ${algorithm}, uncompressed point`, { algorithm, key, protectedAs: 'SPKI', given: hello }));
Object.keys(hashes).forEach((ownerHash) => {
  add('owner id ' + ownerHash, { ownerHash, given: hello });
  add(`owner id ${ownerHash}, as text`, { ownerHash, ownerType: 'text', ownerPrefix: 'u_', given: hello });
});

const types = [
  ['bytea', '\\x00ff'], ['boolean', 't'], ['boolean', 'f'], ['smallint', '-32768'], ['integer', '2147483647'], ['bigint', '9223372036854775807'],
  ['text', 'hello'], ['varchar', 'hello '], ['varchar(5)', 'hello'], ['char', 'x'], ['char(4)', 'ab  '], ['char(3)', '\u00e4  '], ['name', 'hello'],
  ['"char"', 'c'], ['uuid', '550e8400-e29b-41d4-a716-446655440000'],
  ['numeric', '1.10'], ['numeric', '-0.00000000000000000001'], ['numeric', '100000000000000000000000000000'], ['numeric(5,2)', '1.50'],
  ['numeric', 'NaN'], ['numeric', '-Infinity'],
  ['float4', '0.1'], ['float4', '1e+10'], ['float4', 'Infinity'], ['float8', '1e+20'], ['float8', '0.30000000000000004'], ['float8', '1e-07'],
  ['float8', '123456789012345'], ['float8', '5e-324'], ['float8', 'NaN'], ['float8', '-0'], ['float8', '-Infinity'],
  ['date', '2026-01-31'], ['date', '0044-03-15 BC'], ['date', 'infinity'], ['date', '12026-01-01'],
  ['time', '23:59:59.999999'], ['time', '24:00:00'], ['time(0)', '12:00:00'], ['timetz', '12:00:00+05:30'], ['timetz', '12:00:00-00:00:01'],
  ['timestamp', '2026-01-31 12:00:00'], ['timestamp', '0044-03-15 12:00:00.000001 BC'], ['timestamp', 'infinity'],
  ['timestamptz', '2026-01-31 12:00:00.5+00'], ['timestamptz', '0044-03-15 12:00:00+00 BC'], ['timestamptz', '-infinity'],
  ['interval', '-1 days +02:03:04'], ['interval', '1 year 2 mons 3 days 04:05:06.789'], ['interval', '00:00:00'], ['interval', '-00:00:01'],
  ['json', '{"b":1,  "a":2}'], ['json', '{"a":1,"a":2}'], ['json', 'null'],
  ['jsonb', '{"a": 2, "b": 12345678901234567890}'], ['jsonb', '{"bb": 1, "ccc": [true, null, 1.10, "\u00e4\\u0001"]}'], ['jsonb', 'null'], ['jsonpath', '$."a"[*]?(@ > 1)'],
  ['text[]', '{a,"b c",NULL,""}'], ['text[]', '{{a,b},{c,d}}'], ['text[]', '{}'], ['text[]', '{"NULL","a\\\\b","q\\"q"}'],
  ['integer[]', '[2:4]={1,NULL,-3}'], ['bigint[]', '{9007199254740993,-9223372036854775808}'], ['boolean[]', '{t,f,NULL}'],
  ['bytea[]', '{"\\\\x00ff","\\\\x"}'], ['uuid[]', '{550e8400-e29b-41d4-a716-446655440000}'], ['numeric[]', '{1.10,NaN}'],
  ['float8[]', '{0.1,1e+20,-0}'], ['timestamptz[]', '{"2026-01-31 12:00:00+00",infinity}'], ['interval[]', '{"1 day"}'],
  ['jsonb[]', '{"{\\"a\\": 1}"}'], ['char(3)[]', '{"a  ",NULL}'], ['date[]', '{2026-01-31,"0044-03-15 BC"}'],
  ['int4range', '[1,5)'], ['int4range', 'empty'], ['int8range', '(,)'], ['numrange', '(1.10,2.0]'], ['daterange', '[2026-01-01,2026-02-01)'],
  ['tsrange', '["2026-01-01 00:00:00","2026-01-01 00:00:00.5"]'], ['tstzrange', '["2026-01-01 00:00:00+00",)'],
  ['int4multirange', '{[1,3),[5,7)}'], ['tstzmultirange', '{["2026-01-01 00:00:00+00",)}'],
  ['inet', '10.0.0.1'], ['inet', '10.0.0.1/8'], ['inet', '::ffff:1.2.3.4'], ['cidr', '10.0.0.0/8'], ['macaddr', '08:00:2b:01:02:03'], ['macaddr8', '08:00:2b:01:02:03:04:05'],
  ['bit(3)', '101'], ['bit', '1'], ['varbit', ''], ['varbit', '1011'],
  ['point', '(1.5,-2)'], ['line', '{1,-1,0}'], ['lseg', '[(0,0),(1,0.1)]'], ['box', '(1,1),(0,0)'], ['path', '[(0,0),(1,1)]'],
  ['polygon', '((0,0),(1,1),(1,0))'], ['circle', '<(0,0),1e+20>'],
  ['oid', '4294967295'], ['tsvector', "'a':1 'b''c':2A"], ['tsquery', "'a' & !'b'"], ['pg_lsn', '16/B374D848'],
];
types.forEach(([type, text]) => add(`type ${type} ${text}`, { given: [['x', type, text]] }));

[
  ['domain over integer', ['CREATE DOMAIN positive AS integer CHECK (value > 0)'], 'positive', '7', 'integer'],
  ['domain over bytea', ['CREATE DOMAIN blob AS bytea'], 'blob', '\\x00ff', 'bytea'],
  ['domain over boolean', ['CREATE DOMAIN flag AS boolean'], 'flag', 't', 'boolean'],
  ['domain over text', ['CREATE DOMAIN label AS text'], 'label', 'a b', 'text'],
  ['domain over timestamptz', ['CREATE DOMAIN moment AS timestamptz'], 'moment', '2026-01-31 12:00:00+00', 'timestamptz'],
  ['domain over a domain', ['CREATE DOMAIN positive AS integer CHECK (value > 0)', 'CREATE DOMAIN digit AS positive CHECK (value < 10)'], 'digit', '7', 'integer'],
  ['domain over an array', ['CREATE DOMAIN tags AS text[]'], 'tags', '{a,NULL}', 'text[]'],
  ['array of a domain', ['CREATE DOMAIN positive AS integer CHECK (value > 0)'], 'positive[]', '{1,2}'],
  ['enum', ["CREATE TYPE mood AS ENUM ('so so', 'fine')"], 'mood', 'so so'],
  ['array of an enum', ["CREATE TYPE mood AS ENUM ('so so', 'fine')"], 'mood[]', '{"so so",fine}'],
  ['composite', ['CREATE TYPE pair AS (n int, t text)'], 'pair', '(1,"a b")'],
  ['composite of NULL and empty text', ['CREATE TYPE pair AS (n int, t text)'], 'pair', '(,"")'],
  ['nested composite', ['CREATE TYPE pair AS (n int, t text)', 'CREATE TYPE nested AS (p pair, at timestamptz)'], 'nested', '("(1,""a b"")","2026-01-31 12:00:00+00")'],
  ['array of a composite', ['CREATE TYPE pair AS (n int, t text)'], 'pair[]', '{"(1,\\"a b\\")",NULL}'],
  ['range of a domain', ['CREATE DOMAIN positive AS integer CHECK (value > 0)', 'CREATE TYPE span AS RANGE (subtype = positive)'], 'span', '[1,5]'],
].forEach(([name, create, type, text, signedAs]) => add('type ' + name, { create, given: [['x', type, text, signedAs]] }));

[
  ['NULL', 'text', null], ['NULL bytes', 'bytea', null], ['NULL integer', 'integer', null], ['NULL array', 'text[]', null],
  ['the text null', 'text', 'null'], ['the text NULL', 'text', 'NULL'], ['empty text', 'text', ''], ['blanks', 'text', ' \t\n '],
  ['empty bytes', 'bytea', '\\x'], ['zero byte', 'bytea', '\\x00'], ['bytes that look like hex', 'bytea', '\\x5c783030'],
  ['zero', 'bigint', '0'], ['minus one', 'bigint', '-1'], ['23', 'bigint', '23'], ['24', 'bigint', '24'], ['255', 'bigint', '255'], ['256', 'bigint', '256'],
  ['65535', 'bigint', '65535'], ['65536', 'bigint', '65536'], ['2^32 - 1', 'bigint', '4294967295'], ['2^32', 'bigint', '4294967296'],
  ['-24', 'bigint', '-24'], ['-25', 'bigint', '-25'], ['-256', 'bigint', '-256'], ['-257', 'bigint', '-257'],
  ['past 2^53', 'bigint', '9007199254740993'], ['before -2^53', 'bigint', '-9007199254740993'], ['least bigint', 'bigint', '-9223372036854775808'],
  ['what looks like an escaped NUL', 'text', '\\u0000 \\x00 \\0'], ['what looks like a number', 'text', '007'], ['what looks like bytes', 'text', '\\x00ff'],
  ['astral text', 'text', '\u{1F512}'], ['not normalised (NFD)', 'text', 'e\u0301'], ['not normalised (NFC)', 'text', '\u00e9'], ['byte order mark', 'text', '\ufeffa'],
  ['line ends', 'text', 'a\r\nb\nc'], ['23 bytes', 'bytea', '\\x' + '5a'.repeat(23)], ['24 bytes', 'bytea', '\\x' + '5a'.repeat(24)],
  ['255 bytes', 'bytea', '\\x' + '5a'.repeat(255)], ['256 bytes', 'bytea', '\\x' + '5a'.repeat(256)],
  ['23 characters', 'text', 'y'.repeat(23)], ['24 characters', 'text', 'y'.repeat(24)], ['24 bytes in 12 characters', 'text', '\u00e4'.repeat(12)],
  ['255 characters', 'text', 'y'.repeat(255)], ['256 characters', 'text', 'y'.repeat(256)], ['65536 characters', 'text', 'y'.repeat(65536)],
].forEach(([name, type, text]) => add('value ' + name, { given: [['x', type, text]] }));

add('column name, not ASCII', { given: [['gr\u00f6\u00dfe', 'text', 'a']] });
add('column name, not normalised', { given: [['e\u0301', 'text', 'nfd'], ['\u00e9', 'text', 'nfc']] });
add('column name with capitals, blanks and quotes', { given: [['He said "x"', 'text', 'a'], ["it's", 'text', 'b'], ['X', 'text', 'c'], ['x', 'text', 'd']] });
add('column name that looks like JSON', { given: [['{"a":1}', 'text', 'a']] });
add('column name with a backslash', { given: [['\\', 'text', 'a'], ['a\\"!', 'text', 'b']] });
add('column name that looks like a parameter', { given: [['?', 'text', 'a'], ['$1', 'text', 'b'], ['%s', 'text', 'c'], ['{0}', 'text', 'd']] });
add('column names of 23, 24 and 63 bytes', { given: [23, 24, 63].map((n) => ['c'.repeat(n), 'boolean', 't']) });
// By UTF-16 code units the second would come first.
add('column names in the order of their UTF-8', { given: [['\u{10000}', 'boolean', 't'], ['\uff5aa', 'boolean', 'f']] });
// A locale puts A after a, and _ aside.
add('column names in the order of bytes, not of a locale', { given: ['a_b', 'aab', 'aBb', 'Aab', 'aa', 'b'].map((c) => [c, 'text', c]) });
add('24 entries', { given: Array.from({ length: 20 }, (_, i) => ['c' + i, 'boolean', 't']) });
add('256 entries', { given: Array.from({ length: 252 }, (_, i) => ['c' + i, 'boolean', 'f']) });
add('23 entries of 24 columns', { given: Array.from({ length: 20 }, (_, i) => ['c' + i, 'boolean', i ? 't' : null]) });
add('context, not ASCII', { context: '\u00fcber', given: hello });
add('context of 24 bytes', { context: 'c'.repeat(24), given: hello });
add('context of 256 bytes', { context: 'c'.repeat(256), given: hello });
add('empty context', { context: '', given: hello });

[
  ['text', [['name', 'text', 'Agent']]],
  ['text null', [['name', 'text', 'null']]],
  ['empty text', [['name', 'text', '']]],
  ['astral text', [['name', 'text', '\u{1F512}']]],
  ['integer', [['n', 'bigint', '-9223372036854775808']]],
  ['base64 with padding', [['value_b64', 'bytea', '\\x00ff']]],
  ['empty bytes', [['value_b64', 'bytea', '\\x']]],
  ['column names in byte order', [['Z', 'boolean', 't'], ['a', 'uuid', '550e8400-e29b-41d4-a716-446655440000'], ['zz', 'boolean', 'f']]],
].forEach(([name, given]) => add('buckitup ' + name, { format: 'buckitup', ownerType: 'text', ownerPrefix: 'u_', given }));
add('buckitup ML-DSA-87', { algorithm: 'ML-DSA-87', format: 'buckitup', ownerType: 'text', ownerPrefix: 'u_', given: [['name', 'text', 'Agent']] });

// Node's own reader agrees about the SubjectPublicKeyInfo of the algorithms that it knows.
vectors.filter((v) => v.protect.algorithm === 'SPKI' && !/DSA/.test(v.algorithm))
  .forEach((v) => assert.equal(hex(createPublicKey({ key: Buffer.from(v.public_key, 'hex'), format: 'der', type: 'spki' })
    .export({ format: 'der', type: 'spki' })), v.public_key));
assert.equal(new Set(vectors.map((v) => v.name)).size, vectors.length, 'names are unique');

writeFileSync(new URL('../resources/vectors/vectors.json', import.meta.url), '[\n' + vectors.map((v) => JSON.stringify(v)).join(',\n') + '\n]\n');
console.log(vectors.length + ' vectors');
