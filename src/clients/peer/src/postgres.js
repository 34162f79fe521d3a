// Tables of another peer's PostgreSQL, read by plain SQL. Nothing that it says is trusted.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Unavailable, connect, isPassing } from './peer.js';

export class Postgres {
  #url;
  #every;

  constructor(url, { every = 5 } = {}) {
    this.#url = url;
    this.#every = every;
    const { host, port, database } = new pg.Client({ connectionString: url });
    this.name = `postgres://${host}:${port}/${database}`;
  }

  /** As Electric.read: rows that have changed since the position, which is the oldest transaction of that time, and then as time goes by. */
  async *read({ name, signed }, position, signal) {
    let client;
    try {
      client = await connect(this.#url);
      for (;;) {
        position = yield* this.#pass(client, name, signed, position);
        await pause(1000 * this.#every, undefined, { signal });
      }
    } catch (e) {
      if (signal.aborted || !isPassing(e)) throw e;
      throw new Unavailable(`${this.name}: ${e.message}`);
    } finally {
      await client?.end().catch(() => {});
    }
  }

  async *#pass(client, name, columns, position) {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // Values as they are signed.
    await client.query(`SET LOCAL DateStyle = 'ISO'; SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'postgres';
      SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'`);
    const { rows: [now] } = await client.query(`SELECT pg_snapshot_xmin(s)::text AS oldest, pg_snapshot_xmax(s)::text AS next,
      (SELECT system_identifier FROM pg_control_system()) || ' ' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS cluster
      FROM pg_current_snapshot() AS s`);
    const isNumber = (text) => /^\d{1,20}$/.test(text);
    const goesOn = position?.cluster === now.cluster && isNumber(position?.oldest) && isNumber(now.next);
    // Whatever was committed since was written by a transaction that was not over then, and that has this number or a greater one: so
    // have its subtransactions. xmin has 32 bits of a number of 64; the nearest to the present is meant.
    const since = `WHERE ${now.next} + ((xmin::text::bigint - (${now.next} & 4294967295) + 6442450944) & 4294967295) - 2147483648 >= ${position?.oldest}`;
    await client.query(`DECLARE changed NO SCROLL CURSOR FOR SELECT ${columns.map((c) => pg.escapeIdentifier(c)).join(', ')} FROM ${name} ${goesOn ? since : ''}`);
    for (;;) {
      const { rows } = await client.query('FETCH 500 FROM changed');
      if (rows.length === 0) break;
      yield { rows, deletes: 0, position, upToDate: false };
    }
    await client.query('COMMIT');
    position = { cluster: now.cluster, oldest: now.oldest };
    yield { rows: [], deletes: 0, position, upToDate: true };
    return position;
  }
}
