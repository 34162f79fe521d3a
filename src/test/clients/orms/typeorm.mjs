import 'reflect-metadata';
import { DataSource, EntitySchema } from 'typeorm';
import { rows, shown } from './rows.mjs';

const [one, two, three] = rows;
const columns = { user_hash: { type: 'bytea', primary: true }, id: { type: 'uuid', primary: true }, body: { type: 'text' },
  deleted_flag: { type: 'boolean' }, owner_timestamp: { type: 'bigint' }, sign_b64: { type: 'bytea' } };
const Note = new EntitySchema({ name: 'Note', tableName: 'notes', columns });
const NoteIn = new EntitySchema({ name: 'NoteIn', tableName: 'notes_in', columns });
const db = await new DataSource({ type: 'postgres', url: process.env.DB, entities: [Note, NoteIn] }).initialize();
const notes = db.getRepository(Note);
const returning = (entity, values) => db.createQueryBuilder().insert().into(entity).values(values).returning('*').execute();

async function attempt(what, call) {
  const result = await call().catch(e => e.message);
  const [{ stored }] = await db.query('SELECT string_agg(body, \' | \') AS stored FROM notes');
  console.log(what, '=>', shown(result), '; stored:', stored);
}

await attempt('insert', async () => (await notes.insert({ ...one })).raw);
await attempt('insert newer', async () => (await notes.insert({ ...three })).raw);
await attempt('insert older, returning', async () => (await returning(Note, { ...two })).raw);
await attempt('upsert older', async () => { const note = { ...two }; await notes.upsert(note, ['user_hash', 'id']); return note; });
await attempt('save older', () => notes.save(notes.create({ ...two })));
await attempt('view: insert, returning', async () => (await returning(NoteIn, [{ ...two }, { ...three }])).raw);
await db.destroy();
