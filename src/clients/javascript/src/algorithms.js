// The algorithms by which owners sign: raw keys, raw signatures (docs/signing-format.md, "Algorithms").
import { ed25519 } from '@noble/curves/ed25519.js';
import { ed448 } from '@noble/curves/ed448.js';
import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import { slh_dsa_sha2_128s } from '@noble/post-quantum/slh-dsa.js';
import { concat, fromHex, sameBytes } from './bytes.js';
import { MALFORMED, NOT_SIGNED, Refusal, SIGNATURE_INVALID } from './refusal.js';

// `spki` has the DER bytes that stand before a raw public key, by the key's length.
const edwards = (curve, length, signatureLength, oid, spki) => ({
  oid,
  spki: { [length]: fromHex(spki) },
  signatureLength,
  secretLengths: [length],
  generate: () => curve.utils.randomSecretKey(),
  publicKey: (secret) => curve.getPublicKey(secret),
  // Under a key of small or mixed order one signature fits many messages.
  isPublicKey: (bytes) => curve.Point.fromBytes(bytes).isTorsionFree() && !curve.Point.fromBytes(bytes).is0(),
  sign: (message, secret) => curve.sign(message, secret),
  verify: (signature, message, publicKey) => curve.verify(signature, message, publicKey, { zip215: false }),
});

// With both values of s that verify, anybody could turn a signature into another one; so only the smaller counts.
const strong = { prehash: true, lowS: true, format: 'compact' };
const ecdsa = (curve, compressed, uncompressed) => ({
  oid: '2a8648ce3d0201',
  curve,
  spki: { 33: fromHex(compressed), 65: fromHex(uncompressed) },
  signatureLength: 64,
  secretLengths: [32],
  generate: () => curve.utils.randomSecretKey(),
  publicKey: (secret) => curve.getPublicKey(secret, true),
  isPublicKey: (bytes) => curve.utils.isValidPublicKey(bytes),
  sign: (message, secret) => curve.sign(message, secret, strong),
  verify: (signature, message, publicKey) => curve.verify(signature, message, publicKey, strong),
});

// A secret key is the seed; an expanded one (FIPS 204) is taken as well.
const lattice = (scheme, oid, spki) => {
  const { seed, secretKey, publicKey, signature } = scheme.lengths;
  const expanded = (secret) => (secret.length === seed ? scheme.keygen(secret).secretKey : secret);
  return {
    oid,
    spki: { [publicKey]: fromHex(spki) },
    signatureLength: signature,
    secretLengths: [seed, secretKey],
    generate: () => crypto.getRandomValues(new Uint8Array(seed)),
    publicKey: (secret) => scheme.getPublicKey(expanded(secret)),
    isPublicKey: () => true,
    sign: (message, secret) => scheme.sign(message, expanded(secret)),
    verify: (signature, message, publicKey) => scheme.verify(signature, message, publicKey),
  };
};

const hashBased = (scheme, oid, spki) => ({
  oid,
  spki: { [scheme.lengths.publicKey]: fromHex(spki) },
  signatureLength: scheme.lengths.signature,
  secretLengths: [scheme.lengths.secretKey],
  generate: () => scheme.keygen().secretKey,
  publicKey: (secret) => scheme.getPublicKey(secret),
  isPublicKey: () => true,
  sign: (message, secret) => scheme.sign(message, secret),
  verify: (signature, message, publicKey) => scheme.verify(signature, message, publicKey),
});

const ALGORITHMS = {
  Ed25519: edwards(ed25519, 32, 64, '2b6570', '302a300506032b6570032100'),
  Ed448: edwards(ed448, 57, 114, '2b6571', '3043300506032b6571033a00'),
  ES256: ecdsa(p256, '3039301306072a8648ce3d020106082a8648ce3d030107032200', '3059301306072a8648ce3d020106082a8648ce3d030107034200'),
  ES256K: ecdsa(secp256k1, '3036301006072a8648ce3d020106052b8104000a032200', '3056301006072a8648ce3d020106052b8104000a034200'),
  'ML-DSA-44': lattice(ml_dsa44, '608648016503040311', '30820532300b06096086480165030403110382052100'),
  'ML-DSA-65': lattice(ml_dsa65, '608648016503040312', '308207b2300b0609608648016503040312038207a100'),
  'ML-DSA-87': lattice(ml_dsa87, '608648016503040313', '30820a32300b060960864801650304031303820a2100'),
  'SLH-DSA-SHA2-128s': hashBased(slh_dsa_sha2_128s, '608648016503040314', '3030300b0609608648016503040314032100'),
};

export const algorithmNames = Object.keys(ALGORITHMS);

export const algorithm = (name) => {
  if (!Object.hasOwn(ALGORITHMS, name)) {
    throw new TypeError(`algorithm ${name} is not known; known are ${algorithmNames.join(', ')}`);
  }
  return ALGORITHMS[name];
};

const succeeds = (check) => {
  try {
    return check();
  } catch {
    return false;
  }
};

/** The raw public key as DER SubjectPublicKeyInfo. */
export const toSpki = (name, publicKey) => concat(algorithm(name).spki[publicKey.length], publicKey);

/** The algorithm and the raw key of a DER SubjectPublicKeyInfo. It has one spelling, so reading is comparing with the beginnings there are. */
export const fromSpki = (der) => {
  for (const name of algorithmNames) {
    for (const [length, beginning] of Object.entries(ALGORITHMS[name].spki)) {
      if (der.length === beginning.length + Number(length) && sameBytes(der.subarray(0, beginning.length), beginning)) {
        return { algorithm: name, publicKey: der.subarray(beginning.length) };
      }
    }
  }
  throw new Refusal(MALFORMED, `the public key is not a DER SubjectPublicKeyInfo of one of ${algorithmNames.join(', ')}`);
};

/** Throws a Refusal unless the bytes are a public key of the algorithm. */
export const checkPublicKey = (name, publicKey) => {
  const { spki, isPublicKey } = algorithm(name);
  if (!Object.hasOwn(spki, publicKey.length)) {
    throw new Refusal(MALFORMED, `an ${name} public key has ${Object.keys(spki).join(' or ')} bytes, not ${publicKey.length}`);
  }
  if (!succeeds(() => isPublicKey(publicKey))) throw new Refusal(MALFORMED, `the public key is not a valid ${name} key`);
};

/** Throws a Refusal unless the signature is the key's over the message, as Rowseal would. */
export const verifySignature = (name, publicKey, message, signature) => {
  checkPublicKey(name, publicKey);
  const { signatureLength, verify } = algorithm(name);
  if (signature.length === 0) throw new Refusal(NOT_SIGNED, 'the signature is empty');
  if (signature.length !== signatureLength) {
    throw new Refusal(MALFORMED, `an ${name} signature has ${signatureLength} bytes, not ${signature.length}`);
  }
  if (!succeeds(() => verify(signature, message, publicKey))) {
    throw new Refusal(SIGNATURE_INVALID, `it is not the owner's ${name} signature over this message`);
  }
};
