// Signs three versions of one note and one of another, and writes them to rows.json.
import crypto from 'crypto';
import fs from 'fs';
import pg from 'pg';

const db = new pg.Client(process.env.DB);
await db.connect();
const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
const key = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
const owner = (await db.query('SELECT rowseal.owner_id($1) AS id', [key])).rows[0].id;
const hex = bytes => '\\x' + bytes.toString('hex');

async function sign(table, row) {
  const { payload } = (await db.query('SELECT rowseal.payload($1::regclass, $2) AS payload', [table, row])).rows[0];
  return { ...row, sign_b64: hex(crypto.sign(null, payload, privateKey)) };
}

const note = (n, at) => sign('notes', { user_hash: hex(owner), id: `550e8400-e29b-41d4-a716-00000000000${n}`,
  body: `note ${n}, version ${at}`, deleted_flag: false, owner_timestamp: String(at) });

const card = await sign('user_cards', { user_hash: hex(owner), sign_pkey: hex(key), name: 'Ann', deleted_flag: false, owner_timestamp: '1' });
await db.query('INSERT INTO user_cards SELECT * FROM jsonb_populate_record(NULL::user_cards, $1)', [card]);
fs.writeFileSync('rows.json', JSON.stringify([await note(1, 1), await note(1, 2), await note(1, 3), await note(2, 1)]));
await db.end();
