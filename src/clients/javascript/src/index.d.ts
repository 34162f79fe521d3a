/** Algorithms by which owners sign. */
export type Algorithm =
  | 'Ed25519' | 'Ed448' | 'ES256' | 'ES256K' | 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87' | 'SLH-DSA-SHA2-128s';
export const algorithmNames: Algorithm[];

/** Whatever can sign rows. */
export interface OwnerKey {
  readonly algorithm: Algorithm;
  /** Raw, as the algorithm's standard defines it. */
  readonly publicKey: Uint8Array;
  /** The raw signature over the message. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** An owner's key in memory. */
export class SigningKey implements OwnerKey {
  private constructor();
  readonly algorithm: Algorithm;
  readonly publicKey: Uint8Array;
  static generate(algorithm: Algorithm): SigningKey;
  /** Seed (EdDSA, ML-DSA), scalar (ECDSA), 64 bytes (SLH-DSA), or an expanded ML-DSA key. */
  static fromRaw(algorithm: Algorithm, secret: Uint8Array): SigningKey;
  /** DER bytes or PEM text, not encrypted. */
  static fromPkcs8(pkcs8: Uint8Array | string): SigningKey;
  sign(message: Uint8Array): Uint8Array;
  /** The same ECDSA key with an uncompressed point as its public key; the owner id is another one. */
  uncompressed(): SigningKey;
  toRaw(): Uint8Array;
  toPkcs8(): Uint8Array;
}

/** An owner's key in WebCrypto; its private key need not be extractable. */
export class WebCryptoKey implements OwnerKey {
  private constructor();
  readonly algorithm: Algorithm;
  readonly publicKey: Uint8Array;
  static generate(algorithm: 'Ed25519' | 'ES256', extractable?: boolean): Promise<WebCryptoKey>;
  static from(pair: CryptoKeyPair): Promise<WebCryptoKey>;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** A key held elsewhere; what `sign` returns is verified. */
export function heldElsewhere(
  algorithm: Algorithm, publicKey: Uint8Array, sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>): OwnerKey;

/** The public key as DER SubjectPublicKeyInfo. */
export function spki(key: OwnerKey): Uint8Array;

/** Throws a Refusal unless the signature is the key's over the message. */
export function verifySignature(algorithm: Algorithm, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): void;

/** `interval` and `inet` are text that Electric spells otherwise. */
export type Kind = 'bytes' | 'boolean' | 'integer' | 'text' | 'interval' | 'inet';
export type Hash = 'SHA3-512' | 'SHA3-256' | 'SHA-256' | 'SHA-512';
export type Value = Uint8Array | boolean | bigint | number | string | null;
export type Row = Record<string, Value>;
/** Values as PostgreSQL takes and prints them. */
export type TextRow = Record<string, string | null>;

/** As the view rowseal.protected shows them. */
export interface Settings {
  context: string;
  columns: Record<string, Kind> | { name: string; kind: Kind; type?: string }[];
  format?: 'rowseal-v1' | 'buckitup';
  algorithm?: Algorithm | 'SPKI';
  /** With SPKI: which are welcome, as an array or between commas. */
  allowed_algorithms?: Algorithm[] | string;
  owner?: string;
  owner_hash?: Hash;
  owner_prefix?: string;
  /** Of an identity table. */
  public_key?: string;
  /** Certificate column to certified column. */
  certificates?: Record<string, string>;
  signature?: string;
  owner_timestamp?: string;
  deleted?: string;
  parent?: string;
  version_id?: string;
  version_hash?: Hash;
  version_prefix?: string;
  version_id_type?: 'bytea' | 'text';
  versions_columns?: Record<string, string>;
  exclude?: (string | { name: string })[];
  /** The greatest owner_timestamp that this client signs; by default the year 2100 in milliseconds. */
  latest?: bigint;
}

/** What is known of an owner whose card was verified. */
export interface Card {
  readonly owner: string;
  readonly algorithm: Algorithm;
  readonly publicKey: Uint8Array;
}

export class Table {
  constructor(settings: Settings);
  message(row: Row): Uint8Array;
  ownerId(key: OwnerKey): string;
  sign(key: OwnerKey, row: Row): Promise<TextRow>;
  card(row: Row): Card & { readonly row: TextRow };
  verify(row: Row, card: Card): TextRow;
  versionId(row: Row): string;
  successor(row: Row, changes: Row, clock?: Clock): Row;
  isNewer(row: Row, other: Row): boolean;
  fromVersions(row: Row): Row;
}

/** What time it is, and the greatest timestamp that the owner's clients sign. */
export interface Clock {
  now(): bigint;
  limit: bigint;
}
export const MILLISECONDS: Clock;
export const SECONDS: Clock;
/** max(now, last + 1); a RangeError beyond the clock's limit. */
export function nextTimestamp(last?: bigint | number | string, clock?: Clock): bigint;

/** Why something is refused; `code` is the SQLSTATE with which Rowseal refuses the same. */
export class Refusal extends Error {
  code: 'RS001' | 'RS002' | 'RS003' | 'RS004' | 'RS005' | 'RS006';
}
