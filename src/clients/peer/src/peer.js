// Follows tables of a source and delivers their rows to a protected database, which verifies them.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

/** The source, or the database, cannot answer now: worth another try, after some milliseconds at least. */
export class Unavailable extends Error {
  constructor(message, after = 0) {
    super(message);
    this.after = after;
  }
}

/** To try again would not help. */
export class Rejected extends Error {}

const MOST_ROWS = 1000; // in a call
const MOST_TEXT = 16 * 1024 * 1024; // in a call, unless one row alone has more
const MOST_OF_ROW = 32 * 1024 * 1024; // hexadecimal digits of 12 MiB and more: the database refuses such a row too
const MOST_LINES = 1000; // of refused rows of a table: who sends forgeries shall not fill a disk

/** A connection whose values are text as PostgreSQL prints it. */
export async function connect(connectionString) {
  const client = new pg.Client({ connectionString, types: { getTypeParser: () => (text) => text }, connectionTimeoutMillis: 20_000, application_name: 'rowseal-peer' });
  client.on('error', () => {}); // It is told by the next query.
  await client.connect();
  return client;
}

/** Whether what a database, or the way to it, did may be over soon. */
export function isPassing(e) {
  if (e instanceof pg.DatabaseError) return /^(08|40|53|57|58)|^55P03$|^23505$/.test(e.code);
  return e.name !== 'AbortError' && (typeof e.code === 'string' || /connection|closed|timeout/i.test(e.message));
}

/** The database that rows are delivered to: one connection, one transaction at a time. */
export class Home {
  #url;
  #client;
  #last = Promise.resolve();

  constructor(url) {
    this.#url = url;
  }

  /** Runs it in a transaction of its own, again if it failed for what passes, after all that were asked for before. */
  transaction(work, signal, say = () => {}) {
    const turn = this.#last.then(async () => {
      for (let failures = 0; ; failures++) {
        try {
          this.#client ??= await connect(this.#url);
          await this.#client.query('BEGIN');
          const result = await work(this.#client);
          await this.#client.query('COMMIT');
          return result;
        } catch (e) {
          await this.close(); // Whatever became of the transaction, it is over.
          if (!isPassing(e)) throw e;
          say(`the database cannot take rows now: ${e.message}`);
          await pause(delay(failures), undefined, { signal });
        }
      }
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  async close() {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }
}

/** What is asked for, and what it needs: owners' cards before the rows that are verified by them, and versions after the rows. */
export async function tablesToFollow(home, names, { only = false, signedOnly = false } = {}, signal) {
  return home.transaction(async (client) => {
    const protectedAs = async (name) => {
      const { rows: [found] } = await client.query(
        'SELECT p.settings, p."table"::text AS data, p.versions::text AS versions, $1::regclass::text AS name FROM rowseal.protected AS p WHERE $1::regclass IN (p."table", p.versions)', [name]);
      if (!found) throw new Rejected(`${name} is not protected here`);
      return { ...found, settings: JSON.parse(found.settings) };
    };
    const tables = new Map();
    const add = ({ settings, data }, name) => {
      const here = (column) => (name === data ? column : settings.versions_columns?.[column] ?? column);
      const signed = [...new Set([...settings.columns.map((c) => c.name), settings.signature, settings.version_id])].map(here);
      tables.set(name, { name, signed, columns: signedOnly ? signed : undefined, key: settings.key.map(here), isIdentities: settings.role === 'identities' });
    };
    const addAll = async (name) => {
      const found = await protectedAs(name);
      if (!only && found.settings.identities) await addAll(found.settings.identities);
      add(found, only ? found.name : found.data);
      if (!only && found.versions) add(found, found.versions);
    };
    for (const name of names) await addAll(name);
    return [...tables.values()];
  }, signal);
}

export class Peer {
  #source;
  #home;
  #tables;
  #once;
  #say;
  #counts = new Map(); // table name -> outcome -> how many

  constructor({ source, home, tables, once = false, say = console.error }) {
    [this.#source, this.#home, this.#tables, this.#once, this.#say] = [source, home, tables, once, (line) => say(printable(line))];
  }

  /** Follows the tables until the signal, or until all that there is was delivered. */
  async run(signal) {
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    const going = [];
    try {
      await this.#home.transaction(async (client) => {
        const { rows: [{ there }] } = await client.query("SELECT to_regclass('rowseal_peer') AS there");
        if (there === null) await client.query('CREATE TABLE rowseal_peer (source text, "table" text, position jsonb NOT NULL, PRIMARY KEY (source, "table"))');
      }, either, this.#say);
      // Cards have no order with rows where each table comes by itself. So they come first, and go on coming.
      const follow = (areCards, once) => {
        const following = this.#tables.filter((t) => t.isIdentities === areCards).map((t) => this.#follow(t, either, once));
        going.push(...following);
        return Promise.all(following);
      };
      await follow(true, true);
      const cards = follow(true, false);
      const rows = follow(false, this.#once);
      await (this.#once ? Promise.race([rows, cards.then(() => rows)]) : Promise.all([cards, rows]));
    } finally {
      failed.abort(); // If one fails, none goes on.
      await Promise.allSettled(going);
    }
  }

  /** Lines that say what became of all rows. */
  report() {
    return [...this.#counts].map(([table, counts]) => `${table}: ${Object.entries(counts).map(([outcome, n]) => `${n} ${outcome}`).join(', ')}`);
  }

  async #follow(table, signal, once) {
    let position = await this.#position(table, signal);
    for (let failures = 0; ; ) {
      try {
        for await (const batch of this.#source.read(table, position, signal)) {
          await this.#take(table, batch, position, signal);
          position = batch.position;
          failures = 0;
          if (batch.upToDate && once) return;
        }
      } catch (e) {
        if (!(e instanceof Unavailable) || (this.#once && failures === 6)) throw e;
        this.#say(`${table.name}: ${e.message}`);
        await pause(Math.max(delay(failures++), Math.min(e.after, 60_000)), undefined, { signal });
      }
    }
  }

  async #position(table, signal) {
    const { rows: [stored] } = await this.#home.transaction(
      (client) => client.query('SELECT position FROM rowseal_peer WHERE source = $1 AND "table" = $2', [this.#source.name, table.name]), signal, this.#say);
    return stored && JSON.parse(stored.position);
  }

  /** Delivers a batch, and the position behind it in the same transaction. */
  async #take(table, { rows, deletes, position }, before, signal) {
    const calls = [];
    for (const row of rows) {
      const text = isFlat(row) ? JSON.stringify(row) : '';
      if (text === '' || text.length > MOST_OF_ROW) {
        this.#tell(table, text === '' ? row : {}, 'refused', 'RS006', text === '' ? 'a row must be an object of texts' : 'the row is too large');
        continue;
      }
      const last = calls.at(-1);
      if (last && last.rows.length < MOST_ROWS && last.length + text.length < MOST_TEXT) {
        last.rows.push(row);
        last.texts.push(text);
        last.length += text.length;
      } else calls.push({ rows: [row], texts: [text], length: text.length });
    }
    // A row may have overtaken its owner's card, which comes by a shape of its own.
    let waiting = calls;
    for (let tries = 0; ; tries++) {
      const { answers, unknown } = await this.#deliver(table, waiting, tries === 20, position, before, signal);
      for (const [row, { outcome, code, message }] of answers) this.#tell(table, row, outcome, code, message);
      if (unknown.length === 0) break;
      waiting = unknown;
      await pause(500, undefined, { signal });
    }
    if (deletes > 0) this.#count(table, 'deletes ignored', deletes);
  }

  /** Answers by row, and calls with the rows of owners who are not known yet, but for the last try. Without such rows the position moves. */
  #deliver(table, calls, isLast, position, before, signal) {
    return this.#home.transaction(async (client) => {
      const answers = [];
      const unknown = [];
      for (const { rows, texts } of calls) {
        const answer = await client.query('SELECT place, outcome, code, message FROM rowseal.deliver($1::regclass, $2::jsonb) ORDER BY place', [table.name, `[${texts.join()}]`]);
        const late = { rows: [], texts: [] };
        answer.rows.forEach((found, i) => {
          if (found.code !== 'RS003' || found.outcome !== 'refused' || isLast) answers.push([rows[i], found]);
          else {
            late.rows.push(rows[i]);
            late.texts.push(texts[i]);
          }
        });
        if (late.rows.length > 0) unknown.push(late);
      }
      if (unknown.length === 0 && position && !sameJson(position, before)) {
        const moved = await client.query(
          `INSERT INTO rowseal_peer AS p (source, "table", position) VALUES ($1, $2, $3) ON CONFLICT (source, "table") DO UPDATE SET position = excluded.position WHERE p.position IN ($3, $4)`,
          [this.#source.name, table.name, JSON.stringify(position), JSON.stringify(before ?? null)]);
        if (moved.rowCount === 0) throw new Rejected(`another rowseal-peer follows ${table.name} of ${this.#source.name} into this database`);
      }
      return { answers, unknown };
    }, signal, this.#say);
  }

  #tell(table, row, outcome, code, message) {
    const n = this.#count(table, outcome, 1);
    if (outcome !== 'refused' || n > MOST_LINES) return;
    const key = Object.fromEntries(table.key.map((column) => [column, typeof row?.[column] === 'string' ? row[column].slice(0, 200) : null]));
    this.#say(`refused: ${table.name} ${JSON.stringify(key)} ${code} ${message}`.slice(0, 3000));
    if (n === MOST_LINES) this.#say(`${table.name}: further refused rows are counted only`);
  }

  #count(table, outcome, n) {
    if (!this.#counts.has(table.name)) this.#counts.set(table.name, {});
    const counts = this.#counts.get(table.name);
    return (counts[outcome] = (counts[outcome] ?? 0) + n);
  }
}

/** Milliseconds to wait after so many failures in a row: 0.2 s to 30 s, a little by chance, so that peers do not come back all at once. */
const delay = (failures) => Math.min(30_000, 200 * 2 ** Math.min(failures, 10)) * (0.75 + Math.random() / 2);

const sameJson = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** What strangers wrote, so that a terminal shows it and does nothing else. */
export const printable = (text) => text.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

const isText = (text) => text.isWellFormed() && !text.includes('\0');

/** Whether PostgreSQL can read it: one that it cannot read would take the others of its batch along. */
const isFlat = (row) =>
  row !== null && typeof row === 'object' && !Array.isArray(row) &&
  Object.entries(row).every(([name, value]) => isText(name) && (typeof value === 'string' ? isText(value) : value === null || typeof value !== 'object'));
