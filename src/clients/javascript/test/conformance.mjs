// This client as ../../conformance/check.py asks it.
import { createInterface } from 'node:readline';
import { verifySignature } from 'rowseal';
import { fromSpki } from '../src/algorithms.js';
import { fromHex, hex } from '../src/bytes.js';
import { HASHES } from '../src/table.js';
import { KINDS } from '../src/values.js';
import { FORMATS } from '../src/messages.js';

const answers = {
  message: ({ format, context, columns, timestamp }) =>
    ({ message: hex(FORMATS[format](context, columns.map(({ name, kind, value }) => [name, value === null ? null : KINDS[kind].read(value)]), timestamp)) }),
  owner_id: ({ hash, public_key }) => ({ owner_id: hex(HASHES[hash](fromHex(public_key))) }),
  verify: ({ algorithm, spki, public_key, message, signature }) => {
    try {
      const key = spki ? fromSpki(fromHex(public_key)).publicKey : fromHex(public_key);
      verifySignature(algorithm, key, fromHex(message), fromHex(signature));
      return { valid: true };
    } catch {
      return { valid: false };
    }
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  console.log(JSON.stringify(answers[question.ask](question)));
}
