import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import assert from 'node:assert';
import test from 'node:test';
import * as rowseal from 'rowseal';
import { suite } from './suite.js';
import { given } from './given.js';

for (const [name, run] of suite(given)) test(name, run);

for (const [name, type, namedCurve] of [['Ed25519', 'ed25519'], ['Ed448', 'ed448'], ['ES256', 'ec', 'P-256'], ['ES256K', 'ec', 'secp256k1']]) {
  test(`key: PKCS#8 that OpenSSL wrote, ${name}`, () => {
    const { privateKey, publicKey } = generateKeyPairSync(type, { namedCurve });
    const key = rowseal.SigningKey.fromPkcs8(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const whole = publicKey.export({ type: 'spki', format: 'der' });
    assert.equal(key.algorithm, name);
    assert.deepEqual(Buffer.from(rowseal.spki(namedCurve ? key.uncompressed() : key)), whole);
  });
}

test('types: everything that is exported has one, and the other way round', () => {
  const types = readFileSync(new URL('../src/index.d.ts', import.meta.url), 'utf8');
  const typed = [...types.matchAll(/^export (?:class|const|function) (\w+)/gm)].map((m) => m[1]);
  assert.deepEqual(typed.sort(), Object.keys(rowseal).sort());
});
