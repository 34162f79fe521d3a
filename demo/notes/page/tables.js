// The protected tables, as rowseal.protected describes them.
import { Table } from 'rowseal';

const common = { user_hash: 'bytes', deleted_flag: 'boolean', owner_timestamp: 'integer' };

export const cards = new Table({ context: 'user_cards', public_key: 'sign_pkey', columns: { ...common, sign_pkey: 'bytes', name: 'text' } });

export const notes = new Table({
  context: 'notes',
  parent: 'parent_sign_b64',
  columns: { ...common, id: 'text', body: 'text', parent_sign_b64: 'bytes' },
});
