// Private keys as PKCS#8 (RFC 5958), not encrypted.
import { algorithm, algorithmNames } from './algorithms.js';
import { concat, fromBase64, fromHex, hex } from './bytes.js';

const fromPem = (text) => {
  const match = /-----BEGIN PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END PRIVATE KEY-----/.exec(text);
  if (!match) throw new TypeError('no PRIVATE KEY in this PEM text');
  return fromBase64(match[1].replace(/\s/g, ''));
};

/** The elements of DER one after the other, as [tag, content]. */
const elements = (der) => {
  const found = [];
  let at = 0;
  while (at < der.length) {
    const tag = der[at++];
    let length = der[at++];
    if (length > 0x80) {
      const bytes = length - 0x80;
      length = Number('0x' + hex(der.subarray(at, at + bytes)));
      at += bytes;
    }
    if (!(at + length <= der.length)) throw new TypeError('DER ends before its time');
    found.push([tag, der.subarray(at, at + length)]);
    at += length;
  }
  return found;
};
const SEQUENCE = 0x30;
const OCTET_STRING = 0x04;
const SEED = 0x80;

/** Algorithm and raw private key of DER bytes or PEM text. */
export const readPkcs8 = (pkcs8) => {
  const [[tag, content]] = elements(typeof pkcs8 === 'string' ? fromPem(pkcs8) : pkcs8);
  if (tag !== SEQUENCE) throw new TypeError('this is not PKCS#8');
  const [, [, identifier], [, key]] = elements(content);
  const [[, oid], parameters] = elements(identifier);
  const name = algorithmNames.find(
    (n) => hex(oid) === algorithm(n).oid && (!algorithm(n).curve || hex(parameters[1]) === CURVES[n]));
  if (!name) throw new TypeError(`a PKCS#8 key of an algorithm that is none of ${algorithmNames.join(', ')}`);
  return [name, rawSecret(name, key)];
};

// What stands in privateKey: RFC 8410 (EdDSA), RFC 5915 (EC), RFC 9881 (ML-DSA), RFC 9909 (SLH-DSA).
const rawSecret = (name, key) => {
  if (name.startsWith('SLH-DSA')) return key;
  const [[tag, content]] = elements(key);
  if (algorithm(name).curve) return elements(content)[1][1];
  return tag === SEQUENCE ? elements(content)[0][1] : content;
};

const CURVES = { ES256: '2a8648ce3d030107', ES256K: '2b8104000a' };

const der = (tag, ...contents) => {
  const content = concat(...contents);
  const n = content.length;
  return concat(Uint8Array.from([tag, ...(n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff])]), content);
};

/** DER bytes. */
export const writePkcs8 = (name, secret) => {
  const { oid, curve, secretLengths } = algorithm(name);
  const identifier = [der(0x06, fromHex(oid)), ...(curve ? [der(0x06, fromHex(CURVES[name]))] : [])];
  return der(SEQUENCE, fromHex('020100'), der(SEQUENCE, ...identifier), der(OCTET_STRING, innerKey()));
  function innerKey() {
    if (name.startsWith('SLH-DSA')) return secret;
    if (curve) return der(SEQUENCE, fromHex('020101'), der(OCTET_STRING, secret));
    const isSeed = name.startsWith('ML-DSA') && secret.length === secretLengths[0];
    return der(isSeed ? SEED : OCTET_STRING, secret);
  }
};
