// Rows for a database, and what this client thinks of the rows that it gives back.
//
//   node rows.mjs sign SETTINGS     prints rows of the tables person, member and document, one a line: ["table", {…}]
//   node rows.mjs verify SETTINGS   reads such lines, from document_versions too, and answers each with ok or why not
//
// SETTINGS is a file with the settings of the three tables, as rowseal.protected shows them, by name.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { SigningKey, Table } from 'rowseal';

const [, , action, file] = process.argv;
const { person, member, document } = Object.fromEntries(
  Object.entries(JSON.parse(readFileSync(file, 'utf8'))).map(([name, settings]) => [name, new Table(settings)]));
const print = (table, row) => console.log(JSON.stringify([table, row]));

const draft = (id) => ({
  id, title: 'draft', 'Gr\u00f6\u00dfe': 9007199254740993n, content: new Uint8Array(300).fill(0x5a), at: '2026-01-31 12:00:00.5+00', price: '1.10',
  tags: '{a,"b c",NULL,""}', about: '{"a": 2, "bb": [true, null]}', code: 'ab  ', span: '-1 days +02:03:04', address: '10.0.0.1', note: null,
  parent_sign_b64: null, deleted_flag: false, owner_timestamp: 1n,
});

const sign = async () => {
  const keys = ['Ed25519', 'Ed448', 'ES256', 'ES256K', 'ML-DSA-65'].map((name) => SigningKey.generate(name));
  for (const key of [...keys, SigningKey.generate('ES256').uncompressed()]) {
    const card = { name: `It's ${key.algorithm} \u{1F512}`, contact_pkey: new Uint8Array([1, 2]), deleted_flag: false, owner_timestamp: 1700000000n };
    print('person', await person.sign(key, card));
    const first = await document.sign(key, draft(crypto.randomUUID()));
    const second = await document.sign(key, document.successor(first, { title: 'final' }));
    const gone = await document.sign(key, { ...draft(crypto.randomUUID()), title: 'deleted', deleted_flag: true });
    const late = await document.sign(key, { ...draft(gone.id), owner_timestamp: -1n });
    for (const row of [first, second, gone, late]) print('document', row);
  }
  print('member', await member.sign(SigningKey.generate('ES256'), { deleted_flag: false, owner_timestamp: 1n }));
};

const verify = async () => {
  const cards = new Map();
  const check = {
    person: (row) => cards.set(row.user_hash, person.card(row)),
    member: (row) => member.card(row),
    document: (row) => document.verify(row, cards.get(row.user_hash)),
    document_versions: (row) => document.verify(document.fromVersions(row), cards.get(row.user_hash)),
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const [table, row] = JSON.parse(line);
    try {
      check[table](row);
      console.log('ok');
    } catch (e) {
      console.log(`${e.code}: ${e.message}`);
    }
  }
};

await { sign, verify }[action]();
