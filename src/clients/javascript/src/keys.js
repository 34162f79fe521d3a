// Owners' keys. Whatever has `algorithm`, `publicKey` and `sign(message)` can sign rows: a key of this file, of the browser, of a
// hardware module.
import { algorithm, checkPublicKey, toSpki, verifySignature } from './algorithms.js';
import { readPkcs8, writePkcs8 } from './pkcs8.js';

/** An owner's key in memory. */
export class SigningKey {
  #secret;

  constructor(name, secret, publicKey) {
    this.algorithm = name;
    this.#secret = secret;
    this.publicKey = publicKey;
  }

  static generate(name) {
    return SigningKey.fromRaw(name, algorithm(name).generate());
  }

  /** From the private key's raw bytes: seed (EdDSA, ML-DSA), scalar (ECDSA), 64 bytes (SLH-DSA), or an expanded ML-DSA key. */
  static fromRaw(name, secret) {
    const { secretLengths, publicKey } = algorithm(name);
    if (!(secret instanceof Uint8Array) || !secretLengths.includes(secret.length)) {
      throw new TypeError(`an ${name} private key is a Uint8Array of ${secretLengths.join(' or ')} bytes`);
    }
    return new SigningKey(name, secret.slice(), publicKey(secret));
  }

  /** From PKCS#8, DER bytes or PEM text, not encrypted. */
  static fromPkcs8(pkcs8) {
    return SigningKey.fromRaw(...readPkcs8(pkcs8));
  }

  sign(message) {
    return algorithm(this.algorithm).sign(message, this.#secret);
  }

  /** The same key with its public key as an uncompressed point; its owner id is another one. ECDSA only. */
  uncompressed() {
    const { curve } = algorithm(this.algorithm);
    return new SigningKey(this.algorithm, this.#secret, curve.getPublicKey(this.#secret, false));
  }

  toRaw() {
    return this.#secret.slice();
  }

  /** As PKCS#8 in DER. */
  toPkcs8() {
    return writePkcs8(this.algorithm, this.#secret);
  }
}

/** An owner's key in WebCrypto, Ed25519 or ES256. Its private key need not be extractable. */
export class WebCryptoKey {
  #privateKey;

  constructor(name, privateKey, publicKey) {
    this.algorithm = name;
    this.#privateKey = privateKey;
    this.publicKey = publicKey;
  }

  static async generate(name, extractable = false) {
    if (!Object.hasOwn(WEB_CRYPTO, name)) throw new TypeError(`WebCrypto makes keys of ${Object.keys(WEB_CRYPTO).join(' and ')}`);
    return WebCryptoKey.from(await crypto.subtle.generateKey(WEB_CRYPTO[name], extractable, ['sign', 'verify']));
  }

  /** From a pair of CryptoKeys, such as one that an application keeps in IndexedDB. */
  static async from({ privateKey, publicKey }) {
    const name = Object.keys(WEB_CRYPTO).find((n) => WEB_CRYPTO[n].name === publicKey.algorithm.name && WEB_CRYPTO[n].namedCurve === publicKey.algorithm.namedCurve);
    if (!name) throw new TypeError(`a pair of ${Object.keys(WEB_CRYPTO).join(' or ')} keys was expected`);
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
    return new WebCryptoKey(name, privateKey, name === 'ES256' ? algorithm(name).curve.Point.fromBytes(raw).toBytes(true) : raw);
  }

  async sign(message) {
    const parameters = { name: this.#privateKey.algorithm.name, hash: 'SHA-256' };
    return smallerS(this.algorithm, new Uint8Array(await crypto.subtle.sign(parameters, this.#privateKey, message)));
  }
}

const WEB_CRYPTO = { Ed25519: { name: 'Ed25519' }, ES256: { name: 'ECDSA', namedCurve: 'P-256' } };

/**
 * A key that is held elsewhere. `sign` takes the message and returns the raw signature, or a promise of it. ECDSA signatures get the
 * smaller s; each is verified, so a key that does not fit is an error here and not a refusal there.
 */
export const heldElsewhere = (name, publicKey, sign) => {
  checkPublicKey(name, publicKey);
  return {
    algorithm: name,
    publicKey,
    sign: async (message) => {
      const signature = smallerS(name, await sign(message));
      verifySignature(name, publicKey, message, signature);
      return signature;
    },
  };
};

const smallerS = (name, signature) => {
  const { curve } = algorithm(name);
  if (!curve || signature.length !== 64) return signature;
  const { r, s } = curve.Signature.fromBytes(signature, 'compact');
  const negated = curve.Point.Fn.ORDER - s;
  return new curve.Signature(r, s < negated ? s : negated).toBytes('compact');
};

/** The public key as the column holds it where the identity table takes SPKI. */
export const spki = (key) => toSpki(key.algorithm, key.publicKey);
