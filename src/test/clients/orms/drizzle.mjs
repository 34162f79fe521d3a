import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { bigint, boolean, customType, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { rows, shown } from './rows.mjs';

const [one, two, three, other] = rows;
const bytea = customType({ dataType: () => 'bytea' });
const columns = () => ({ user_hash: bytea('user_hash').notNull(), id: uuid('id').notNull(), body: text('body'), deleted_flag: boolean('deleted_flag'),
  owner_timestamp: bigint('owner_timestamp', { mode: 'string' }), sign_b64: bytea('sign_b64') });
const notes = pgTable('notes', columns(), t => [primaryKey({ columns: [t.user_hash, t.id] })]);
const notesIn = pgTable('notes_in', columns());
const db = drizzle(process.env.DB);

async function attempt(what, call) {
  const result = await call().catch(e => e.message);
  const { stored } = (await db.execute(sql`SELECT string_agg(body, ' | ' ORDER BY id) AS stored FROM notes`)).rows[0];
  console.log(what, '=>', shown(result), '; stored:', stored);
}

const body = { body: notes.body };
const target = [notes.user_hash, notes.id];
const set = { body: sql`excluded.body`, deleted_flag: sql`excluded.deleted_flag`, owner_timestamp: sql`excluded.owner_timestamp`, sign_b64: sql`excluded.sign_b64` };
await attempt('insert', async () => (await db.insert(notes).values(one)).rowCount);
await attempt('insert newer', async () => (await db.insert(notes).values(two)).rowCount);
await attempt('insert newer, new key; returning', () => db.insert(notes).values([three, other]).returning(body));
await attempt('upsert again, returning', () => db.insert(notes).values(three).onConflictDoUpdate({ target, set }).returning(body));
await attempt('view: returning', () => db.insert(notesIn).values([one, other, three]).returning({ body: notesIn.body }));
process.exit(0);
