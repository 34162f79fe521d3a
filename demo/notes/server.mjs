// The server of the notes app. It serves the page, writes the signed rows that the page sends into the protected database, and
// lets it read what is there. It checks nothing and has no users: the database verifies what it stores, the page what it reads.
//
//   DATABASE_URL=postgresql://... node server.mjs      runs until end of input; PORT, ELECTRIC_URL
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import pg from 'pg';

const ROW = ['deleted_flag', 'owner_timestamp', 'sign_b64'];
const NOTE = ['user_hash', 'id', 'body', 'parent_sign_b64', ...ROW];
const TABLES = { user_cards: ['user_hash', 'sign_pkey', 'name', ...ROW], notes: NOTE, notes_versions: NOTE };

// A role that owns nothing. A real server would log in as such a role.
const database = new pg.Pool({ connectionString: process.env.DATABASE_URL, options: '-c role=notes_app' });
database.on('error', (e) => console.error(e.message)); // the server of the database went away; a later request tries again

// ---------------------------------------------------------------- write

/** What became of each row, in the words of rowseal.deliver. */
const write = async (entries) => {
  const outcomes = [];
  for (const { table, row } of entries) {
    const answer = await database.query('SELECT outcome, code, message FROM rowseal.deliver($1, $2)', [table, JSON.stringify([row])]);
    outcomes.push(...answer.rows);
  }
  return outcomes;
};

// ---------------------------------------------------------------- read

// Rows that a transaction at or after the cursor wrote; xmin has 32 bits. Transactions that were running when the cursor was taken
// come after it, so nothing is missed; what comes twice is known. A scan of each table, which is enough for a demonstration.
const PULL = `
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS cursor, coalesce(json_agg(change), '[]') AS rows
  FROM (${Object.entries(TABLES).map(([table, names]) => `
    SELECT '${table}' AS "table", json_build_object(${names.map((name) => `'${name}', rowseal.text(${name})`)}) AS row
    FROM ${table} WHERE $1::bigint IS NULL OR (xmin::text::bigint - $1) & 4294967295 < 2147483648`).join(' UNION ALL ')}) AS change`;

const fromPostgres = async (cursor) => (await database.query(PULL, [cursor])).rows[0];

/** The same by Electric: the cursor holds how far each table's shape was read. */
const fromElectric = async (cursor) => {
  const places = JSON.parse(cursor ?? '{}');
  const rows = [];
  for (const [table, names] of Object.entries(TABLES)) {
    const parameters = new URLSearchParams({ table, columns: names, replica: 'full', offset: '-1', ...places[table] });
    const answer = await fetch(new URL(`/v1/shape?${parameters}`, process.env.ELECTRIC_URL));
    if (answer.status === 409) {
      delete places[table]; // the shape was made anew: so it is read anew
      continue;
    }
    if (!answer.ok) throw new Error(`Electric answered ${answer.status}`);
    places[table] = { handle: answer.headers.get('electric-handle'), offset: answer.headers.get('electric-offset') };
    const messages = answer.status === 204 ? [] : await answer.json();
    rows.push(...messages.filter(({ headers }) => ['insert', 'update'].includes(headers.operation)).map(({ value }) => ({ table, row: value })));
  }
  return { cursor: JSON.stringify(places), rows };
};

const read = process.env.ELECTRIC_URL ? fromElectric : fromPostgres;

/** To show that nobody has to trust this server: a note says something else. */
const lie = ({ rows, cursor }) => {
  const note = rows.filter(({ table, row }) => table === 'notes' && row.body !== null).at(-1);
  if (note) note.row.body = 'This server has put words into the mouth of the owner.';
  return { rows, cursor };
};

// ---------------------------------------------------------------- HTTP

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' };

const body = async (request) => {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > 1_000_000) throw new Error('too much at once');
  }
  return JSON.parse(text);
};

const answer = async (request) => {
  const { pathname, searchParams } = new URL(request.url, 'http://server');
  if (request.method === 'POST' && pathname === '/rows') return ['.json', JSON.stringify(await write(await body(request)))];
  if (pathname === '/changes') {
    const changes = await read(searchParams.get('after'));
    return ['.json', JSON.stringify(searchParams.has('lie') ? lie(changes) : changes)];
  }
  const file = pathname === '/' ? '/page/index.html' : pathname;
  if (!/^\/(page|node_modules)\/[\w@./-]+$/.test(file) || file.includes('..')) throw Object.assign(new Error('not here'), { code: 'ENOENT' });
  return [extname(file), await readFile(new URL(`.${file}`, import.meta.url))];
};

const server = createServer(async (request, response) => {
  try {
    const [type, content] = await answer(request);
    response.writeHead(200, { 'Content-Type': TYPES[type] ?? 'application/octet-stream', 'Cache-Control': 'no-store' }).end(content);
  } catch (e) {
    response.writeHead(e.code === 'ENOENT' ? 404 : 500).end(e.message);
  }
});
server.listen(process.env.PORT ?? 0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
process.stdin.on('end', () => process.exit()).resume();
