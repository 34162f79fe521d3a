// What this browser holds, in localStorage: the owner's key, and every version that was written here or came from elsewhere. A version
// is verified when it comes in and whenever it is read, so nothing unverified is ever shown.
import { Refusal, SigningKey, nextTimestamp } from 'rowseal';
import { cards, notes } from './tables.js';

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** How far a version has come: on this device alone, sent, refused by the database, or seen on the server. */
const STATES = ['here', 'sent', 'refused', 'seen'];

export class Store {
  #key;
  #owners = new Map(); // owner id -> { card, entry }, of the newest card
  #notes = new Map(); // owner id and note id -> entries, the newest first
  refused = []; // entries that did not verify, or that the server refused

  /** With a key, the store becomes that owner's: another device handed it over. */
  constructor(key) {
    if (key) localStorage.setItem('key', key);
    this.isNew = localStorage.getItem('key') === null;
    // An application with more to lose keeps a WebCryptoKey in IndexedDB, and has it sign.
    if (this.isNew) localStorage.setItem('key', base64(SigningKey.generate('Ed25519').toPkcs8()));
    this.#key = SigningKey.fromPkcs8(fromBase64(localStorage.getItem('key')));
    const entries = Object.keys(localStorage).filter((name) => name.startsWith('\\x')).map((name) => JSON.parse(localStorage.getItem(name)));
    for (const entry of cardsFirst(entries)) this.take(entry);
  }

  get owner() {
    return cards.ownerId(this.#key);
  }

  get key() {
    return localStorage.getItem('key');
  }

  get cursor() {
    return localStorage.getItem('cursor');
  }

  set cursor(value) {
    localStorage.setItem('cursor', value);
  }

  nameOf(owner) {
    return this.#owners.get(owner)?.entry.row.name ?? null;
  }

  /** Each note as its versions, the newest first; the notes that changed last come first. */
  histories() {
    return [...this.#notes.values()].sort(([a], [b]) => Number(BigInt(b.row.owner_timestamp) - BigInt(a.row.owner_timestamp)));
  }

  unsent() {
    return cardsFirst(this.#all().filter(({ state }) => state === 'here'));
  }

  /**
   * Takes an entry in if it verifies, and says whether that changed anything; else it is put where it can be looked at. Null: its owner's card
   * is not here yet.
   */
  take({ table, row, state }) {
    try {
      if (table === 'user_cards') {
        const card = cards.card(row);
        const known = this.#owners.get(card.owner);
        if (known?.entry.row.sign_b64 === card.row.sign_b64) return this.#advance(known.entry, state);
        const entry = this.#keep({ table, row: card.row, state });
        if (!known || cards.isNewer(card.row, known.entry.row)) this.#owners.set(card.owner, { card, entry });
        return true;
      }
      const owner = this.#owners.get(row.user_hash);
      if (!owner) return null;
      const verified = notes.verify(row, owner.card);
      const key = `${verified.user_hash} ${verified.id}`;
      const versions = this.#notes.get(key) ?? [];
      const known = versions.find((version) => version.row.sign_b64 === verified.sign_b64);
      if (known) return this.#advance(known, state);
      versions.push(this.#keep({ table: 'notes', row: verified, state }));
      this.#notes.set(key, versions.sort((a, b) => (notes.isNewer(a.row, b.row) ? -1 : 1)));
      return true;
    } catch (e) {
      if (!(e instanceof Refusal)) throw e;
      this.refuse({ table, row, by: 'this page', code: e.code, message: e.message });
      return true;
    }
  }

  refuse(entry) {
    this.refused.unshift(entry);
  }

  async writeCard(name) {
    const mine = this.#owners.get(this.owner);
    if (mine?.entry.row.name === name) return;
    const row = mine ? cards.successor(mine.entry.row, { name }) : { name, deleted_flag: false, owner_timestamp: nextTimestamp() };
    this.take({ table: 'user_cards', row: await cards.sign(this.#key, row), state: 'here' });
  }

  async write(body) {
    await this.#write({ id: crypto.randomUUID(), body, deleted_flag: false, parent_sign_b64: null, owner_timestamp: nextTimestamp() });
  }

  /** A version that follows another. */
  async change(row, changes) {
    await this.#write(notes.successor(row, changes));
  }

  async #write(row) {
    this.take({ table: 'notes', row: await notes.sign(this.#key, row), state: 'here' });
  }

  #all() {
    return [...[...this.#owners.values()].map(({ entry }) => entry), ...[...this.#notes.values()].flat()];
  }

  #advance(entry, state) {
    if (STATES.indexOf(state) <= STATES.indexOf(entry.state)) return false;
    entry.state = state;
    this.#keep(entry);
    return true;
  }

  #keep(entry) {
    localStorage.setItem(entry.row.sign_b64, JSON.stringify(entry));
    return entry;
  }
}

export const cardsFirst = (entries) => entries.sort((a, b) => (b.table === 'user_cards') - (a.table === 'user_cards'));
