// Tests that run in Node and in a browser alike. Each is [name, function]; `given` has the vectors and recorded answers of Electric.
import { MILLISECONDS, SECONDS, SigningKey, Table, WebCryptoKey, algorithmNames, heldElsewhere, nextTimestamp, spki, verifySignature } from 'rowseal';

const fail = (why) => {
  throw new Error(why);
};
const show = (value) => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v));
const equal = (actual, expected, what = '') => {
  if (show(actual) !== show(expected)) fail(`${what} expected ${show(expected)}, got ${show(actual)}`.slice(0, 2000));
};
const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (b) => parseInt(b, 16));
/** What the action throws, or rejects with, has the code and names the words. */
const refused = async (action, code, ...words) => {
  try {
    await action();
  } catch (e) {
    if (code && e.code !== code) fail(`expected ${code}, got ${e.stack}`);
    for (const word of words) if (!e.message.includes(word)) fail(`"${e.message}" does not say ${word}`);
    return;
  }
  fail(`was not refused: ${code} ${words}`);
};

const CARDS = {
  context: 'user_cards',
  public_key: 'sign_pkey',
  certificates: { contact_cert: 'contact_pkey' },
  columns: {
    user_hash: 'bytes', sign_pkey: 'bytes', contact_pkey: 'bytes', contact_cert: 'bytes', name: 'text',
    deleted_flag: 'boolean', owner_timestamp: 'integer',
  },
};
const NOTES = {
  context: 'notes',
  parent: 'parent_sign_b64',
  columns: {
    user_hash: 'bytes', id: 'text', body: 'text', size: 'integer', parent_sign_b64: 'bytes', deleted_flag: 'boolean', owner_timestamp: 'integer',
  },
};
const CARD = { contact_pkey: bytes('0102'), name: 'It\u2019s me \u{1F512}', deleted_flag: false, owner_timestamp: 1n };
const NOTE = { id: '1', body: 'hello', size: 2n ** 53n + 1n, parent_sign_b64: null, deleted_flag: false, owner_timestamp: 1n };
const cards = new Table(CARDS);
const notes = new Table(NOTES);
const alice = SigningKey.fromRaw('Ed25519', new Uint8Array(32).fill(7));

/** The table of a vector, as its settings would describe it. */
const tableOf = ({ protect, columns }) =>
  new Table({ ...protect, columns: columns.map(({ name, kind, type }) => ({ name, kind, type })), public_key: 'sign_pkey' });
const rowOf = ({ columns, signature }) =>
  ({ ...Object.fromEntries(columns.map(({ name, value }) => [name, value])), sign_b64: '\\x' + signature });

const vectorTests = (vectors) => vectors.map((vector) => [`vector: ${vector.name}`, async () => {
  const table = tableOf(vector);
  const row = rowOf(vector);
  equal(hex(table.message(row)), vector.message);
  equal(table.card(row).owner, row.user_hash);
  const later = vector.protect.format === 'buckitup' ? '1700000001' : '-1';
  await refused(() => table.card({ ...row, owner_timestamp: later }), 'RS002');
}]);

const keyTests = algorithmNames.map((name) => [`key: ${name}`, async () => {
  const message = bytes('00ff');
  const key = SigningKey.generate(name);
  const signature = key.sign(message);
  verifySignature(name, key.publicKey, message, signature);
  await refused(() => verifySignature(name, key.publicKey, bytes('00fe'), signature), 'RS002');
  await refused(() => verifySignature(name, key.publicKey, message, signature.subarray(1)), 'RS006', 'signature has');
  await refused(() => verifySignature(name, key.publicKey.subarray(1), message, signature), 'RS006', 'public key has');
  await refused(() => verifySignature(name, key.publicKey, message, new Uint8Array()), 'RS001');
  equal(hex(SigningKey.fromRaw(name, key.toRaw()).publicKey), hex(key.publicKey));
  const again = SigningKey.fromPkcs8(key.toPkcs8());
  equal([again.algorithm, hex(again.publicKey)], [name, hex(key.publicKey)]);
}]);

const tests = [
  ['key: a PEM that is something else', () => refused(() => SigningKey.fromPkcs8('-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----'), undefined, 'PRIVATE KEY')],
  ['key: an unknown algorithm', () => refused(() => SigningKey.generate('RSA'), undefined, 'RSA', 'Ed25519')],
  ['key: points of small order are no public keys', () =>
    refused(() => verifySignature('Ed25519', bytes('01' + '00'.repeat(31)), bytes('00'), new Uint8Array(64)), 'RS006')],
  ['key: an ECDSA signature with the greater s is refused', async () => {
    const key = SigningKey.generate('ES256K');
    const signature = key.sign(bytes('00'));
    const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const greater = (n - BigInt('0x' + hex(signature.subarray(32)))).toString(16).padStart(64, '0');
    await refused(() => verifySignature('ES256K', key.publicKey, bytes('00'), bytes(hex(signature.subarray(0, 32)) + greater)), 'RS002');
  }],
  ['key: compressed and uncompressed points are two owners', () => {
    const table = new Table({ ...CARDS, algorithm: 'ES256' });
    const key = SigningKey.generate('ES256');
    equal([key.publicKey.length, key.uncompressed().publicKey.length], [33, 65]);
    if (table.ownerId(key) === table.ownerId(key.uncompressed())) fail('one owner id');
  }],
  ['key: held elsewhere, in WebCrypto, both kinds', async () => {
    for (const name of ['Ed25519', 'ES256']) {
      const key = await WebCryptoKey.generate(name);
      const table = new Table({ ...CARDS, algorithm: name });
      // ECDSA gives either s: a few rows, so that both occur.
      for (let i = 0; i < 8; i++) equal(table.card(await table.sign(key, CARD)).owner, table.ownerId(key));
    }
  }],
  ['key: held elsewhere, that does not fit', async () => {
    const other = SigningKey.generate('Ed25519');
    await refused(() => cards.sign(heldElsewhere('Ed25519', other.publicKey, (m) => alice.sign(m)), CARD), 'RS002');
    await cards.sign(heldElsewhere('Ed25519', alice.publicKey, async (m) => alice.sign(m)), CARD);
  }],

  ['card: signed, verified, forged', async () => {
    const row = await cards.sign(alice, CARD);
    const card = cards.card(row);
    equal(card.owner, cards.ownerId(alice));
    equal(card.row, row);
    await refused(() => cards.card({ ...row, name: 'Mallory' }), 'RS002');
    await refused(() => cards.card({ ...row, user_hash: '\\x00' }), 'RS004', 'user_hash');
    await refused(() => cards.card({ ...row, contact_pkey: '\\x03' }), 'RS005', 'contact_cert');
    await refused(() => cards.card({ ...row, sign_b64: null }), 'RS001');
    await refused(() => cards.card({ ...row, sign_pkey: '\\x00' }), 'RS006', 'public key');
    await refused(() => cards.card({ ...row, contact_cert: null }), 'RS006', 'contact_cert');
  }],
  ['card: SPKI names the algorithm, and which are welcome', async () => {
    const table = new Table({ ...CARDS, algorithm: 'SPKI' });
    const row = await table.sign(alice, CARD);
    equal(row.sign_pkey, '\\x' + hex(spki(alice)));
    equal(table.card(row).algorithm, 'Ed25519');
    for (const allowed_algorithms of [['ES256'], 'ES256,Ed448', 'xEd25519']) {
      await refused(() => new Table({ ...CARDS, algorithm: 'SPKI', allowed_algorithms }).card(row), 'RS006', 'welcome');
    }
    new Table({ ...CARDS, algorithm: 'SPKI', allowed_algorithms: 'ES256,Ed25519' }).card(row);
    await refused(() => table.card({ ...row, sign_pkey: '\\x00' }), 'RS006', 'SubjectPublicKeyInfo');
  }],
  ['card: text owner ids', async () => {
    const table = new Table({ ...CARDS, owner_prefix: 'u_', columns: { ...CARDS.columns, user_hash: 'text' } });
    const row = await table.sign(alice, CARD);
    if (!/^u_[0-9a-f]{128}$/.test(row.user_hash)) fail(row.user_hash);
    table.card(row);
  }],

  ['row: signed and verified, in typed values and in text', async () => {
    const card = cards.card(await cards.sign(alice, CARD));
    const row = await notes.sign(alice, NOTE);
    equal(row.size, '9007199254740993');
    equal(notes.verify(row, card), row);
    equal(notes.verify({ ...row, deleted_flag: 'f' }, card), row);
    equal(notes.verify({ ...row, deleted_flag: false, size: 2n ** 53n + 1n, owner_timestamp: 1 }, card), row);
    await refused(() => notes.verify({ ...row, body: 'hallo' }, card), 'RS002');
    await refused(() => notes.verify({ ...row, deleted_flag: 't' }, card), 'RS002');
    await refused(() => new Table({ ...NOTES, context: 'posts' }).verify(row, card), 'RS002');
    const bob = cards.card(await cards.sign(SigningKey.generate('Ed25519'), CARD));
    await refused(() => notes.verify(row, bob), 'RS003');
    await refused(() => notes.verify({ ...row, user_hash: bob.owner }, bob), 'RS002');
  }],
  ['row: a column that is missing, misspelt, of another type or NULL is named', async () => {
    const { size, ...without } = NOTE;
    await refused(() => notes.sign(alice, without), 'RS006', 'size', 'missing');
    await refused(() => notes.sign(alice, { ...without, sise: size }), 'RS006', 'sise');
    await refused(() => notes.sign(alice, { ...NOTE, size: 1.5 }), 'RS006', 'size', '1.5');
    await refused(() => notes.sign(alice, { ...NOTE, size: 2 ** 53 }), 'RS006', 'size');
    await refused(() => notes.sign(alice, { ...NOTE, size: 2n ** 63n }), 'RS006', 'size');
    await refused(() => notes.sign(alice, { ...NOTE, size: '01' }), 'RS006', 'size');
    await refused(() => notes.sign(alice, { ...NOTE, body: 7 }), 'RS006', 'body');
    await refused(() => notes.sign(alice, { ...NOTE, body: '\ud800' }), 'RS006', 'body');
    await refused(() => notes.sign(alice, { ...NOTE, deleted_flag: 'yes' }), 'RS006', 'deleted_flag');
    await refused(() => notes.sign(alice, { ...NOTE, deleted_flag: null }), 'RS006', 'deleted_flag');
    await refused(() => notes.sign(alice, { ...NOTE, parent_sign_b64: '00' }), 'RS006', 'parent_sign_b64');
    await refused(() => new Table({ ...NOTES, owner: 'author' }), undefined, 'author');
    await refused(() => new Table({ ...NOTES, columns: { ...NOTES.columns, size: 'bigint' } }), undefined, 'size', 'bigint');
  }],
  ['row: what is not signed is not handed on', async () => {
    const table = new Table({ ...NOTES, exclude: ['seen'] });
    const card = cards.card(await cards.sign(alice, CARD));
    const row = await table.sign(alice, { ...NOTE, seen: 'true' });
    equal('seen' in table.verify({ ...row, seen: 'true' }, card), false);
    await refused(() => table.verify({ ...row, admin: 'true' }, card), 'RS006', 'admin');
    table.verify({ ...row, added_later: null }, card);
  }],

  ['version: names its parent and is later', async () => {
    const first = await notes.sign(alice, { ...NOTE, owner_timestamp: 5n });
    const second = await notes.sign(alice, notes.successor(first, { body: 'changed' }));
    equal(second.parent_sign_b64, first.sign_b64);
    equal([second.id, second.body], ['1', 'changed']);
    equal([notes.isNewer(second, first), notes.isNewer(first, second), notes.isNewer(first, first)], [true, false, false]);
    const settled = await notes.sign(alice, notes.successor(second, { deleted_flag: true }));
    equal([settled.deleted_flag, notes.isNewer(settled, second)], ['true', true]);
  }],
  ['version: a tie goes to the greater signature', async () => {
    const [a, b] = [await notes.sign(alice, { ...NOTE, body: 'a' }), await notes.sign(alice, { ...NOTE, body: 'b' })];
    equal(notes.isNewer(a, b), a.sign_b64 > b.sign_b64);
  }],
  ['version: goes by the hash of its signature', async () => {
    const columns = { ...NOTES.columns, parent_sign_hash: 'text' };
    delete columns.parent_sign_b64;
    const { parent_sign_b64, ...note } = NOTE;
    const table = new Table({
      ...NOTES, columns, parent: 'parent_sign_hash', version_id: 'sign_hash', version_id_type: 'text', version_hash: 'SHA3-512', version_prefix: 'n_',
      versions_columns: { id: 'note_id' },
    });
    const first = await table.sign(alice, { ...note, parent_sign_hash: null });
    const next = table.successor(first, {});
    equal(next.parent_sign_hash, table.versionId(first));
    if (!/^n_[0-9a-f]{128}$/.test(next.parent_sign_hash)) fail(next.parent_sign_hash);
    const { id, ...archived } = { ...first, note_id: first.id, sign_hash: table.versionId(first) };
    table.verify(table.fromVersions(archived), cards.card(await cards.sign(alice, CARD)));
  }],
  ['clock: two devices, one an hour behind, take turns', async () => {
    const hour = 3_600_000n;
    const devices = [MILLISECONDS, { ...MILLISECONDS, now: () => MILLISECONDS.now() - hour }];
    let tip = await notes.sign(alice, NOTE);
    for (let turn = 0; turn < 6; turn++) {
      const next = await notes.sign(alice, notes.successor(tip, { body: `turn ${turn}` }, devices[turn % 2]));
      if (!notes.isNewer(next, tip)) fail(`turn ${turn} is lost`);
      tip = next;
    }
  }],
  ['clock: another unit, and a timestamp that nothing overtakes', async () => {
    equal(nextTimestamp(5n, { now: () => 9n, limit: 10n }), 9n);
    equal(nextTimestamp(9n, { now: () => 9n, limit: 10n }), 10n);
    equal(nextTimestamp('9', { now: () => 1n, limit: 10n }), 10n);
    await refused(() => nextTimestamp(10n, { now: () => 1n, limit: 10n }), undefined, 'limit');
    await refused(() => nextTimestamp(MILLISECONDS.now(), SECONDS), undefined, 'unit');
    await refused(() => nextTimestamp(2n ** 63n - 1n), undefined, 'limit');
  }],
  ['clock: what is beyond the owner\'s own bound is not signed, but verified', async () => {
    const far = { ...NOTE, owner_timestamp: MILLISECONDS.limit + 1n };
    await refused(() => notes.sign(alice, far), undefined, String(far.owner_timestamp), 'latest');
    await refused(() => notes.sign(alice, { ...NOTE, owner_timestamp: String(2n ** 63n - 1n) }), undefined, 'latest');
    const bounded = new Table({ ...NOTES, latest: 10n });
    await bounded.sign(alice, { ...NOTE, owner_timestamp: 10n });
    await refused(() => bounded.sign(alice, { ...NOTE, owner_timestamp: 11n }), undefined, '11', 'latest');
    const row = await new Table({ ...NOTES, latest: far.owner_timestamp }).sign(alice, far);
    notes.verify(row, cards.card(await cards.sign(alice, CARD)));
  }],

  ['buckitup: ten digits', () =>
    refused(() => new Table({ ...NOTES, format: 'buckitup', parent: undefined, columns: { user_hash: 'text', deleted_flag: 'boolean', owner_timestamp: 'integer' } })
      .message({ user_hash: 'u_1', deleted_flag: false, owner_timestamp: 99n }), 'RS006', 'ten digits')],
];

// ---------------------------------------------------------------- what Electric delivered

const common = { deleted_flag: 'boolean', owner_timestamp: 'integer' };
const tables = {
  user_cards: new Table({ context: 'user_cards', public_key: 'sign_pkey', columns: { user_hash: 'bytes', sign_pkey: 'bytes', name: 'text', ...common } }),
  notes: new Table({
    context: 'notes',
    columns: {
      user_hash: 'bytes', id: 'text', body: 'text', size: 'integer', small: 'integer', content: 'bytes', at: 'text', plain: 'text', day: 'text',
      price: 'text', cost: 'text', ratio: 'text', tags: 'text', nums: 'text', blobs: 'text', about: 'text', raw: 'text', code: 'text', addr: 'inet',
      span: 'interval', period: 'text', parent_sign_b64: 'bytes', ...common,
    },
  }),
  posts: new Table({ context: 'posts', columns: { user_hash: 'bytes', id: 'text', body: 'text', ...common } }),
  logs: new Table({ context: 'logs', columns: { user_hash: 'bytes', id: 'text', body: 'text', ...common } }),
};
tables.notes_versions = tables.notes;
const rowsOf = (shape) => shape.filter((m) => m.value).map((m) => m.value);
const electricTests = (shapes) => Object.keys(shapes).map((name) => [`electric: ${name}`, async () => {
  const owners = new Map(rowsOf(shapes.user_cards).map((row) => tables.user_cards.card(row)).map((card) => [card.owner, card]));
  const rows = rowsOf(shapes[name]);
  equal(rows.length > 1, true);
  for (const row of rows) {
    tables[name].verify(row, owners.get(row.user_hash));
    await refused(() => tables[name].verify({ ...row, owner_timestamp: '77' }, owners.get(row.user_hash)), 'RS002');
    const { owner_timestamp, ...partial } = row; // as with replica=default
    await refused(() => tables[name].verify(partial, owners.get(row.user_hash)), 'RS006', 'owner_timestamp', 'missing');
  }
}]);

const spellings = [
  ['interval', 'PT0S', '00:00:00'], ['interval', 'P1Y2M3DT4H5M6.789S', '1 year 2 mons 3 days 04:05:06.789'],
  ['interval', 'P-1DT2H3M4S', '-1 days +02:03:04'], ['interval', 'PT-1S', '-00:00:01'], ['interval', 'P1D', '1 day'],
  ['interval', 'PT-0.5S', '-00:00:00.5'], ['interval', 'P-1Y-2M3DT-4H-5M-6S', '-1 years -2 mons +3 days -04:05:06'], ['interval', 'PT100H', '100:00:00'],
  ['interval', '1 day', '1 day'], ['inet', '10.0.0.1/32', '10.0.0.1'], ['inet', '10.0.0.1/8', '10.0.0.1/8'], ['inet', '::1/128', '::1'], ['inet', '::1/32', '::1/32'],
].map(([kind, electric, signed]) => [`spelling: ${electric}`, () => {
  const table = (k) => new Table({ ...NOTES, columns: { ...NOTES.columns, body: k } });
  const row = { ...NOTE, user_hash: '\\x00' };
  equal(hex(table(kind).message({ ...row, body: electric })), hex(table('text').message({ ...row, body: signed })));
}]);

export const suite = ({ vectors, shapes }) => [...tests, ...keyTests, ...spellings, ...electricTests(shapes), ...vectorTests(vectors)];
