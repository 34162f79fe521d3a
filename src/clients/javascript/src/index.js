export { SigningKey, WebCryptoKey, heldElsewhere, spki } from './keys.js';
export { Table } from './table.js';
export { MILLISECONDS, SECONDS, nextTimestamp } from './clock.js';
export { algorithmNames, verifySignature } from './algorithms.js';
export { Refusal } from './refusal.js';
