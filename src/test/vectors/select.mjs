// The vectors of Project Wycheproof (https://github.com/C2SP/wycheproof), for WycheproofTest:
//
//   node src/test/vectors/select.mjs <a clone of it> target/wycheproof
//
// writes <algorithm>.json there. Flags, comments and results are Wycheproof's own, and so are keys, messages and signatures, in base64 instead
// of hex. 'refused' is ours: why Rowseal refuses what Wycheproof calls valid. It is worked out here, from the numbers alone.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const [clone, target] = process.argv.slice(2);

const ORDER = {
  ES256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  ES256K: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
};

const FILES = [
  ['Ed25519', 'ed25519'],
  ['Ed448', 'ed448'],
  ['ES256', 'ecdsa_secp256r1_sha256_p1363'],
  ['ES256K', 'ecdsa_secp256k1_sha256_p1363'],
  ['ML-DSA-44', 'mldsa_44_verify'],
  ['ML-DSA-65', 'mldsa_65_verify'],
  ['ML-DSA-87', 'mldsa_87_verify'],
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
for (const [algorithm, file] of FILES) {
  const groups = read(file).testGroups.map((group) => ({
    publicKey: base64(publicKey(group)),
    tests: group.tests.map((test) => {
      const { tcId, comment, flags, result } = test;
      return { tcId, comment, flags, result, refused: refused(algorithm, test), msg: base64(test.msg), sig: base64(test.sig) };
    }),
  }));
  writeFileSync(`${target}/${algorithm}.json`, JSON.stringify(groups));
}
