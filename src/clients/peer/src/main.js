#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { Electric } from './electric.js';
import { Home, Peer, printable, tablesToFollow } from './peer.js';
import { Postgres } from './postgres.js';

const HELP = `rowseal-peer --from ADDRESS --table NAME ... --to postgres://...

Follows tables of another peer and delivers their rows to a database in which Rowseal protects the same tables. The database
verifies every row; the other peer is not trusted. Cards of owners come first, and versions tables along with their tables.

  --from ADDRESS    http://... or https://...: an Electric, or its shape endpoint, with ?secret=... where it has one
                    postgres://...: a PostgreSQL, read by SQL
  --to ADDRESS      postgres://... of the own database; it keeps the positions in its table rowseal_peer
  --table NAME      a protected table, as often as there are
  --only            these tables and no others: neither their identity tables nor their versions tables
  --signed-columns  ask Electric for signed columns alone, where the other peer's table has columns that this one has not
  --once            end when all that is there has been delivered
  --every SECONDS   how often a PostgreSQL is looked at (5)
  --help

Addresses may also stand in ROWSEAL_PEER_FROM and ROWSEAL_PEER_TO, where no list of processes shows passwords.
A line tells each row that is refused, and a line for each table, at the end, what became of all. Ends with 1 where it cannot go on,
and with 2 for a wrong call.
`;

function stop(status, message) {
  console.error(message);
  process.exit(status);
}

function read() {
  try {
    const { values } = parseArgs({
      options: {
        from: { type: 'string', default: process.env.ROWSEAL_PEER_FROM }, to: { type: 'string', default: process.env.ROWSEAL_PEER_TO },
        table: { type: 'string', multiple: true, default: [] }, only: { type: 'boolean' }, 'signed-columns': { type: 'boolean' },
        once: { type: 'boolean' }, every: { type: 'string', default: '5' }, help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      process.stdout.write(HELP);
      process.exit(0);
    }
    if (!values.from || !values.to || values.table.length === 0) throw new Error('--from, --to and --table are needed');
    if (!(Number(values.every) > 0)) throw new Error('--every must be a number of seconds');
    const from = /^https?:/.test(values.from) ? new Electric(values.from) : /^postgres(ql)?:/.test(values.from) ? new Postgres(values.from, { every: Number(values.every) }) : null;
    if (!from || !/^postgres(ql)?:/.test(values.to)) throw new Error('--from takes http://, https:// or postgres://, and --to postgres://');
    return { ...values, from };
  } catch (e) {
    return stop(2, `${e.message}; try --help`);
  }
}

const options = read();
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => ended.abort());
const home = new Home(options.to);
let status = 0;
let peer;
try {
  const tables = await tablesToFollow(home, options.table, { only: options.only, signedOnly: options['signed-columns'] }, ended.signal);
  peer = new Peer({ source: options.from, home, tables, once: options.once });
  await peer.run(ended.signal);
} catch (e) {
  if (!ended.signal.aborted) {
    console.error(printable(e.message));
    status = 1;
  }
}
peer?.report().forEach((line) => console.log(line));
await home.close();
process.exitCode = status;
