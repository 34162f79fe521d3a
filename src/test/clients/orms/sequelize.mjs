import { Sequelize, DataTypes } from 'sequelize';
import { rows } from './rows.mjs';

const [one, two, three, other] = rows;
const db = new Sequelize(process.env.DB, { logging: false });
const columns = () => ({ user_hash: { type: DataTypes.BLOB, primaryKey: true }, id: { type: DataTypes.UUID, primaryKey: true }, body: DataTypes.TEXT,
  deleted_flag: DataTypes.BOOLEAN, owner_timestamp: DataTypes.BIGINT, sign_b64: DataTypes.BLOB });
const Note = db.define('Note', columns(), { tableName: 'notes', timestamps: false });
const NoteIn = db.define('NoteIn', columns(), { tableName: 'notes_in', timestamps: false });
const bodies = notes => notes.map(note => note.body);

async function attempt(what, call) {
  const result = await call().catch(e => e.constructor.name + ': ' + e.message);
  const [[{ stored }]] = await db.query("SELECT string_agg(body, ' | ' ORDER BY id) AS stored FROM notes");
  console.log(what, '=>', JSON.stringify(result), '; stored:', stored);
}

await attempt('create', async () => (await Note.create({ ...one })).body);
await attempt('create newer', async () => (await Note.create({ ...two })).body);
await attempt('bulkCreate newer, new key', async () => bodies(await Note.bulkCreate([{ ...three }, { ...other }])));
await attempt('bulkCreate again, returning false', async () => bodies(await Note.bulkCreate([{ ...three }, { ...other }], { returning: false })));
await attempt('upsert older', async () => { const [note, created] = await Note.upsert({ ...one }); return [note?.body, created]; });
await attempt('view: bulkCreate older, again', async () => bodies(await NoteIn.bulkCreate([{ ...one }, { ...other }])));
await attempt('view: create', async () => (await NoteIn.create({ ...two })).body);
await db.close();
