// Compiled, not run: what an application in TypeScript writes.
import { Card, OwnerKey, Refusal, SigningKey, Table, TextRow, WebCryptoKey, heldElsewhere, nextTimestamp } from 'rowseal';

const cards = new Table({ context: 'user_cards', public_key: 'sign_pkey', columns: { user_hash: 'bytes', sign_pkey: 'bytes' } });
const notes = new Table({ context: 'notes', columns: [{ name: 'body', kind: 'text', type: 'interval' }], exclude: [{ name: 'seen' }] });

export const write = async (key: OwnerKey): Promise<TextRow> => notes.sign(key, { body: 'hello', owner_timestamp: nextTimestamp(), n: 1n, x: new Uint8Array() });
export const read = (card: TextRow, row: TextRow): string | null => {
  const owner: Card = cards.card(card);
  try {
    return notes.verify(row, owner).body;
  } catch (e) {
    if (e instanceof Refusal && e.code === 'RS002') return null;
    throw e;
  }
};
export const keys = async (): Promise<OwnerKey[]> => [
  SigningKey.generate('Ed25519').uncompressed(), await WebCryptoKey.generate('ES256'), heldElsewhere('ES256K', new Uint8Array(33), async (m) => m)];

// @ts-expect-error a kind that there is not
new Table({ context: 'x', columns: { a: 'bigint' } });
// @ts-expect-error an algorithm that there is not
SigningKey.generate('RSA');
// @ts-expect-error a date is no value
notes.message({ at: new Date() });
