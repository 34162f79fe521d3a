// A selection of Wycheproof's vectors (https://github.com/C2SP/wycheproof, Apache License 2.0):
//
//   node select.mjs <a clone of it>
//
// writes ../resources/wycheproof/<algorithm>.json: of each algorithm the first so many vectors of each set of flags and result, in the
// order of the files. Flags, comments and results are Wycheproof's own, and so are keys, messages and signatures, in base64 instead of hex.
// 'refused' is ours: why Rowseal refuses what Wycheproof calls valid. It is worked out here, from the numbers alone.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const clone = process.argv[2];
const target = new URL('../resources/wycheproof/', import.meta.url);

const ORDER = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES256K: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
};

// Name, file, and how many of each kind; vectors of ML-DSA are large.
const SELECTION = [
  ['Ed25519', 'ed25519', 4],
  ['Ed448', 'ed448', 4],
  ['ES256', 'ecdsa_secp256r1_sha256_p1363', 4],
  ['ES256K', 'ecdsa_secp256k1_sha256_p1363', 4],
  ['ML-DSA-44', 'mldsa_44_verify', 1],
  ['ML-DSA-65', 'mldsa_65_verify', 1],
  ['ML-DSA-87', 'mldsa_87_verify', 1],
];

function refused(algorithm, test) {
  if (test.result !== 'valid') {
    return undefined;
  }
  if (test.ctx) {
    return 'context';
  }
  const order = ORDER[algorithm];
  return order && BigInt('0x' + test.sig.slice(64)) > order / 2n ? 'high s' : undefined;
}

function publicKey(group) {
  return typeof group.publicKey === 'string' ? group.publicKey : group.publicKey.pk ?? group.publicKey.uncompressed;
}

function read(file) {
  const path = `testvectors_v1/${file}_test.json`;
  try {
    return JSON.parse(readFileSync(`${clone}/${path}`));
  } catch {
    return JSON.parse(execFileSync('git', ['-C', clone, 'show', `HEAD:${path}`], { maxBuffer: 1 << 30 }));
  }
}

const base64 = (hex) => Buffer.from(hex, 'hex').toString('base64');

mkdirSync(target, { recursive: true });
for (const [algorithm, file, most] of SELECTION) {
  const taken = new Map();
  const groups = [];
  for (const group of read(file).testGroups) {
    const tests = [];
    for (const test of group.tests) {
      const kind = JSON.stringify([test.flags, test.result, refused(algorithm, test)]);
      taken.set(kind, (taken.get(kind) ?? 0) + 1);
      if (taken.get(kind) <= most) {
        const { tcId, comment, flags, result } = test;
        tests.push({ tcId, comment, flags, result, refused: refused(algorithm, test), msg: base64(test.msg), sig: base64(test.sig) });
      }
    }
    if (tests.length > 0) {
      const lines = tests.map((test) => '\n      ' + JSON.stringify(test));
      groups.push(`  { "publicKey": "${base64(publicKey(group))}", "tests": [${lines}]}`);
    }
  }
  writeFileSync(new URL(`${algorithm}.json`, target), `[\n${groups.join(',\n')}\n]\n`);
}
