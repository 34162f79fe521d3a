// A client that was written from docs/signing-format.md alone, with nothing but Node. It makes owners, signs rows for the
// tables `person`, `member` and `document` below, and prints them as INSERT statements, one a line:
//
//   node client.mjs | psql ...
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

// ---------------------------------------------------------------- the message: deterministic CBOR

const head = (majorType, argument) => {
  const n = BigInt(argument);
  const type = majorType << 5;
  if (n < 24n) return Buffer.from([type | Number(n)]);
  const size = n <= 0xffn ? 1 : n <= 0xffffn ? 2 : n <= 0xffffffffn ? 4 : 8;
  const bytes = Buffer.from(n.toString(16).padStart(2 * size, '0'), 'hex');
  return Buffer.concat([Buffer.from([type | { 1: 24, 2: 25, 4: 26, 8: 27 }[size]]), bytes]);
};
const text = (value) => {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([head(3, bytes.length), bytes]);
};
const encode = (value) => {
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xf5 : 0xf4]);
  if (typeof value === 'bigint') return value < 0n ? head(1, -1n - value) : head(0, value);
  return text(value);
};
const message = (context, row) => {
  const entries = Object.entries(row)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [text(name), encode(value)])
    .sort(([a], [b]) => Buffer.compare(a, b));
  return Buffer.concat([head(4, 3), text('rowseal-v1'), text(context), head(5, entries.length), ...entries.flat()]);
};

// ---------------------------------------------------------------- keys

const edwards = (type, before) => {
  const { publicKey, privateKey } = generateKeyPairSync(type);
  return { before, raw: Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url'), sign: (m) => sign(null, m, privateKey) };
};
const ecdsa = (namedCurve, before, n) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const { x, y } = publicKey.export({ format: 'jwk' });
  return {
    before,
    raw: Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]),
    sign: (m) => {
      const signature = sign('sha256', m, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      const s = BigInt('0x' + signature.subarray(32).toString('hex'));
      const smaller = s < n - s ? s : n - s;
      return Buffer.concat([signature.subarray(0, 32), Buffer.from(smaller.toString(16).padStart(64, '0'), 'hex')]);
    },
  };
};
const ed25519 = () => edwards('ed25519', '302a300506032b6570032100');
const ed448 = () => edwards('ed448', '3043300506032b6571033a00');
const es256 = () => ecdsa('P-256', '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n);
const es256k = () => ecdsa('secp256k1', '3056301006072a8648ce3d020106052b8104000a034200',
  0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n);

// ---------------------------------------------------------------- rows

const literal = (value) => {
  if (value === null) return 'NULL';
  return `'${Buffer.isBuffer(value) ? '\\x' + value.toString('hex') : String(value).replaceAll("'", "''")}'`;
};
const store = (table, key, row) => {
  const signed = { ...row, sign_b64: key.sign(message(table, row)) };
  const names = Object.keys(signed).map((name) => `"${name.replaceAll('"', '""')}"`);
  console.log(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${Object.values(signed).map(literal).join(', ')});`);
};

// CREATE TABLE document (user_hash bytea, id uuid, title text, "Größe" bigint, content bytea, at timestamptz, price numeric,
//   tags text[], about jsonb, code char(4), note text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea,
//   PRIMARY KEY (user_hash, id))
const document = (owner, id, title, timestamp, deleted) => ({
  user_hash: owner,
  id,
  title,
  'Gr\u00f6\u00dfe': 9007199254740993n,
  content: Buffer.alloc(300, 0x5a),
  at: '2026-01-31 12:00:00.5+00',
  price: '1.10',
  tags: '{a,"b c",NULL,""}',
  about: '{"a": 2, "bb": [true, null]}',
  code: 'ab  ',
  note: null,
  deleted_flag: deleted,
  owner_timestamp: timestamp,
});

// CREATE TABLE person (user_hash bytea PRIMARY KEY, sign_pkey bytea, contact_pkey bytea, contact_cert bytea, name text,
//   deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea), protected with algorithm => 'SPKI'
Object.entries({ ed25519, ed448, es256, es256k }).forEach(([name, make]) => {
  const key = make();
  const publicKey = Buffer.concat([Buffer.from(key.before, 'hex'), key.raw]);
  const owner = createHash('sha3-512').update(publicKey).digest();
  const contactKey = Buffer.from('any bytes');
  store('person', key, {
    user_hash: owner,
    sign_pkey: publicKey,
    contact_pkey: contactKey,
    contact_cert: key.sign(contactKey),
    name: `It's ${name} \u{1F512}`,
    deleted_flag: false,
    owner_timestamp: 1700000000n,
  });
  const kept = randomUUID();
  const deleted = randomUUID();
  store('document', key, document(owner, kept, 'draft', 1n, false));
  store('document', key, document(owner, kept, 'final', 2n, false));
  store('document', key, document(owner, deleted, 'deleted', -1n, true));
  store('document', key, document(owner, deleted, 'late', -2n, false));
});

// CREATE TABLE member (user_hash text PRIMARY KEY, sign_pkey bytea, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea),
//   protected with algorithm => 'ES256', owner_hash => 'SHA-256', owner_prefix => 'm_'
const key = es256();
store('member', key, {
  user_hash: 'm_' + createHash('sha256').update(key.raw).digest('hex'),
  sign_pkey: key.raw,
  deleted_flag: false,
  owner_timestamp: 1n,
});
