import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { sha3_256, sha3_512 } from '@noble/hashes/sha3.js';
import { algorithmNames, checkPublicKey, fromSpki, toSpki, verifySignature } from './algorithms.js';
import { compareBytes, hex } from './bytes.js';
import { MILLISECONDS, nextTimestamp } from './clock.js';
import { FORMATS } from './messages.js';
import { CERTIFICATE_INVALID, MALFORMED, NOT_SIGNED, OWNER_ID_MISMATCH, OWNER_UNKNOWN, Refusal } from './refusal.js';
import { KINDS, print } from './values.js';

export const HASHES = { 'SHA3-512': sha3_512, 'SHA3-256': sha3_256, 'SHA-256': sha256, 'SHA-512': sha512 };

// What rowseal.protect takes when it is not told.
const DEFAULTS = {
  format: 'rowseal-v1', algorithm: 'Ed25519', allowed_algorithms: algorithmNames,
  owner: 'user_hash', owner_hash: 'SHA3-512', owner_prefix: '', certificates: {},
  signature: 'sign_b64', owner_timestamp: 'owner_timestamp', deleted: 'deleted_flag',
  version_hash: 'SHA-256', version_prefix: '', version_id_type: 'bytea', versions_columns: {}, exclude: [],
  latest: MILLISECONDS.limit, // of a client alone: no server knows it
};

/**
 * A protected table: signs its rows and verifies them.
 *
 * Rows are objects by column name. Values may be Uint8Array, boolean, bigint and string, or text as PostgreSQL prints it and
 * Electric delivers it; what comes back is text, which goes into JSON, INSERT and COPY as it is.
 */
export class Table {
  #columns; // name -> how its values are read
  #required; // what is never NULL

  /** Settings are those of the view rowseal.protected, or as many of them as differ from the defaults. */
  constructor(settings) {
    Object.assign(this, DEFAULTS, settings);
    if (typeof this.context !== 'string') throw new TypeError('context must be text: the name of the data table, unless protect was told another');
    const given = Array.isArray(this.columns) ? this.columns.map((c) => [c.name, kindOf(c)]) : Object.entries(this.columns ?? {});
    this.columns = Object.fromEntries(given);
    this.#columns = new Map(given.map(([name, kind]) => [name, named(KINDS, kind, `kind of column ${name}`)]));
    this.version_id ??= this.signature;
    this.exclude = this.exclude.map((e) => e.name ?? e);
    if (typeof this.allowed_algorithms === 'string') this.allowed_algorithms = this.allowed_algorithms.split(',');
    this.#required = [this.owner, this.owner_timestamp, this.deleted, this.public_key, ...Object.entries(this.certificates).flat()].filter(Boolean);
    const absent = [...this.#required, this.parent].find((name) => name !== undefined && !this.#columns.has(name));
    if (absent) throw new TypeError(`${this.context} has no column ${absent}`);
    named(FORMATS, this.format, 'format');
    named(HASHES, this.owner_hash, 'owner_hash');
  }

  /** The bytes that the owner of the row signs. */
  message(row) {
    return this.#encode(this.#read(row));
  }

  /** The owner id of a key, as the owner column holds it. */
  ownerId(key) {
    return print(this.#ownerId(this.#stored(key)));
  }

  /** A promise of the row with owner id, public key and certificates (of a card) and signature filled in. */
  async sign(key, row) {
    const publicKey = this.#stored(key);
    const filled = { ...row, [this.owner]: this.#ownerId(publicKey), [this.signature]: null };
    if (this.public_key) filled[this.public_key] = publicKey;
    for (const [certificate, certified] of Object.entries(this.certificates)) {
      filled[certificate] = await key.sign(this.#value(certified, row[certified]) ?? this.#refuse(`column ${certified} is NULL`));
    }
    const values = this.#read(filled);
    if (values.get(this.owner_timestamp) > this.latest) {
      throw new RangeError(`timestamp ${values.get(this.owner_timestamp)} is beyond ${this.latest}, which is the latest that this client signs`);
    }
    const signature = await key.sign(this.#encode(values));
    return { ...this.#print(values), [this.signature]: print(signature) };
  }

  /** Verifies a card, the row of an identity table, and gives what `verify` needs of it. Throws a Refusal. */
  card(row) {
    if (!this.public_key) throw new TypeError(`${this.context} has no public_key: it is no identity table`);
    const values = this.#read(row);
    const stored = values.get(this.public_key);
    const { algorithm, publicKey } = this.algorithm === 'SPKI' ? fromSpki(stored) : { algorithm: this.algorithm, publicKey: stored };
    if (!this.allowed_algorithms.includes(algorithm)) throw new Refusal(MALFORMED, `keys of ${algorithm} are not welcome here`);
    checkPublicKey(algorithm, publicKey);
    const owner = print(this.#ownerId(stored));
    if (print(values.get(this.owner)) !== owner) {
      throw new Refusal(OWNER_ID_MISMATCH, `column ${this.owner} of ${this.context} is not the ${this.owner_hash} of the public key`);
    }
    for (const [certificate, certified] of Object.entries(this.certificates)) {
      try {
        verifySignature(algorithm, publicKey, values.get(certified), values.get(certificate));
      } catch (e) {
        throw new Refusal(CERTIFICATE_INVALID, `column ${certificate} of ${this.context}: ${e.message}`);
      }
    }
    const card = { owner, algorithm, publicKey };
    return { ...card, row: this.verify(row, card) };
  }

  /** The row, with what was verified of it and nothing else. Throws a Refusal unless it is the word of the card's owner. */
  verify(row, card) {
    const values = this.#read(row);
    const owner = print(values.get(this.owner));
    if (owner !== card.owner) throw new Refusal(OWNER_UNKNOWN, `the row is of ${owner}, the card of ${card.owner}`);
    const signature = this.#signature(row);
    verifySignature(card.algorithm, card.publicKey, this.#encode(values), signature);
    return { ...this.#print(values), [this.signature]: print(signature) };
  }

  /** What a version goes by, as the column of its successors that names the parent holds it. */
  versionId(row) {
    const signature = this.#signature(row);
    if (this.version_id === this.signature) return print(signature);
    const digest = HASHES[this.version_hash](signature);
    return this.version_id_type === 'text' ? this.version_prefix + hex(digest) : print(digest);
  }

  /** A version, to be signed, that follows another: the changes, the other values, its parent and a later timestamp. */
  successor(row, changes, clock) {
    const next = { ...this.#print(this.#read(row)), ...changes, [this.owner_timestamp]: nextTimestamp(row[this.owner_timestamp], clock) };
    if (this.parent) {
      const hashFits = this.columns[this.parent] !== 'bytes' || this.version_id_type === 'bytea';
      next[this.parent] = hashFits ? this.versionId(row) : print(this.#signature(row));
    }
    return next;
  }

  /** Whether a version wins over another one of the same key. */
  isNewer(row, other) {
    const [a, b] = [row, other].map((r) => this.#value(this.owner_timestamp, r[this.owner_timestamp]));
    return a === b ? compareBytes(this.#signature(row), this.#signature(other)) > 0 : a > b;
  }

  /** A row of the versions table under the names of the data table, which are the ones that are signed. */
  fromVersions(row) {
    const names = Object.fromEntries(Object.entries(this.versions_columns).map(([here, there]) => [there, here]));
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [names[name] ?? name, value]));
  }

  /** All signed values. A column that is not there, or too many, is not guessed: it would be a signature over something else. */
  #read(row) {
    const unsigned = [this.signature, this.version_id, ...this.exclude];
    for (const [name, value] of Object.entries(row)) {
      if (!this.#columns.has(name) && !unsigned.includes(name) && value !== null) this.#refuse(`there is no column ${name}`);
    }
    return new Map([...this.#columns.keys()].map((name) => {
      if (!Object.hasOwn(row, name) || row[name] === undefined) this.#refuse(`column ${name} is missing; NULL is null`);
      if (row[name] === null && this.#required.includes(name)) this.#refuse(`column ${name} is NULL`);
      return [name, this.#value(name, row[name])];
    }));
  }

  #value(name, given) {
    if (given === null || given === undefined) return null;
    const { read, expected } = this.#columns.get(name);
    return read(given) ?? this.#refuse(`column ${name} must be ${expected}, not ${typeof given} ${String(given).slice(0, 100)}`);
  }

  #refuse(why) {
    throw new Refusal(MALFORMED, `row of ${this.context}: ${why}`);
  }

  #encode(values) {
    return FORMATS[this.format](this.context, [...values], this.owner_timestamp);
  }

  #print(values) {
    return Object.fromEntries([...values].map(([name, value]) => [name, print(value)]));
  }

  #signature(row) {
    const signature = row[this.signature];
    if (signature === null || signature === undefined) throw new Refusal(NOT_SIGNED, `row of ${this.context}: column ${this.signature} is empty`);
    return KINDS.bytes.read(signature) ?? this.#refuse(`column ${this.signature} must be ${KINDS.bytes.expected}`);
  }

  /** The public key as its column holds it. */
  #stored(key) {
    const welcome = this.algorithm === 'SPKI' ? this.allowed_algorithms : [this.algorithm];
    if (!welcome.includes(key.algorithm)) throw new TypeError(`keys of ${this.context} are ${welcome.join(', ')}, not ${key.algorithm}`);
    return this.algorithm === 'SPKI' ? toSpki(key.algorithm, key.publicKey) : key.publicKey;
  }

  #ownerId(publicKey) {
    const digest = HASHES[this.owner_hash](publicKey);
    return this.columns[this.owner] === 'bytes' ? digest : this.owner_prefix + hex(digest);
  }
}

const named = (things, name, what) => {
  if (!Object.hasOwn(things, name)) throw new TypeError(`${what}: ${name} is not known; known are ${Object.keys(things).join(', ')}`);
  return things[name];
};

/** Of a column as the settings describe it. */
const kindOf = ({ kind, type = '' }) => (kind === 'text' ? /^(interval|inet)\b(?!.*\[)/.exec(type)?.[1] ?? kind : kind);
