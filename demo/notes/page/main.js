// The page: shows what the store holds, and hands it what is written.
import { Store } from './store.js';
import { post, receive, receiveLies, send } from './sync.js';

const SECONDS_BETWEEN_LOOKS = 1;
const NAMES = ['Ada', 'Emmy', 'Grace', 'Hedy', 'Katherine', 'Mary', 'Rosalind', 'Sofia'];

const $ = (id) => document.getElementById(id);
const h = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const store = new Store(new URLSearchParams(location.hash.slice(1)).get('key'));
history.replaceState(null, '', location.pathname); // the key does not stay in the address

const opened = new Set(); // notes whose history is shown
let edited; // the version that the form changes

// ---------------------------------------------------------------- show

const short = (bytes) => bytes.slice(2, 10);
const time = (row) => new Date(Number(row.owner_timestamp)).toLocaleString([], { dateStyle: 'short', timeStyle: 'medium' });
const STATES = {
  here: ['waiting', 'on this device only'],
  sent: ['waiting', 'sent'],
  refused: ['bad', 'refused by the database'],
  seen: ['good', '✓ verified'],
};
const state = (entry) => {
  const [kind, words] = STATES[entry.state];
  return h('span', { className: `state ${kind}` }, words);
};

const dot = (owner) => {
  const element = h('span', { className: 'dot', title: owner });
  element.style.setProperty('--hue', parseInt(owner.slice(2, 6), 16) % 360);
  return element;
};

const version = (entry, versions) => {
  const { row } = entry;
  const isFork = versions.some((other) => other !== entry && other.row.parent_sign_b64 === row.parent_sign_b64);
  return h('li', {},
    h('p', { className: 'body' }, row.deleted_flag === 'true' ? h('em', {}, 'deleted') : row.body),
    h('footer', {}, h('code', { title: row.sign_b64 }, short(row.sign_b64)), row.parent_sign_b64 === null ? 'the first' : `follows ${short(row.parent_sign_b64)}`,
      h('time', {}, time(row)), isFork ? h('span', { className: 'state fork' }, 'written apart') : '', state(entry)));
};

const note = (versions) => {
  const [tip] = versions;
  const { row } = tip;
  const isDeleted = row.deleted_flag === 'true';
  const key = `${row.user_hash} ${row.id}`;
  const buttons = h('span', { className: 'buttons' });
  if (row.user_hash === store.owner) {
    const button = (words, action) => buttons.append(h('button', { type: 'button', className: 'quiet', onclick: action }, words));
    if (!isDeleted) button('Edit', () => edit(row));
    if (!isDeleted) button('Delete', () => change(row, { body: null, deleted_flag: true })); // a tombstone, which forgets the text
    if (isDeleted) button('Bring back', () => change(row, { body: versions.find((v) => v.row.body !== null)?.row.body ?? '', deleted_flag: false }));
  }
  return h('article', { className: isDeleted ? 'deleted' : '' },
    h('p', { className: 'body' }, isDeleted ? h('em', {}, 'Deleted by its owner. The tombstone stays.') : row.body),
    h('footer', {}, dot(row.user_hash), h('span', { className: 'owner' }, store.nameOf(row.user_hash)), h('time', {}, time(row)), state(tip), buttons),
    h('details', { open: opened.has(key), ontoggle: (e) => opened[e.target.open ? 'add' : 'delete'](key) },
      h('summary', {}, versions.length === 1 ? '1 version' : `${versions.length} versions`),
      h('ol', {}, ...versions.map((entry) => version(entry, versions)))));
};

const refusal = ({ table, row, by, code, message }) => h('li', {},
  h('strong', {}, `${code} `), h('span', {}, `refused by ${by}`),
  h('p', { className: 'message' }, message.replace(/\\x([0-9a-f]{8})[0-9a-f]+/g, '\\x$1…')),
  h('blockquote', {}, table === 'user_cards' ? row.name : row.body ?? 'deleted'));

const render = () => {
  const name = store.nameOf(store.owner);
  $('save').disabled = name === null; // until the card has come from the other device
  if (name !== null && document.activeElement !== $('name')) $('name').value = name;
  $('notes').replaceChildren(...store.histories().map(note));
  $('refused').replaceChildren(...store.refused.slice(0, 5).map(refusal));
};

// ---------------------------------------------------------------- do

const isOnline = () => $('online').checked && navigator.onLine;
const showConnection = (words) => {
  $('connection').textContent = words;
};

let running = false;
const synchronize = async () => {
  if (running) return;
  running = true;
  try {
    if (!isOnline()) return showConnection('offline');
    const news = [await send(store), await receive(store)];
    showConnection('online');
    if (news.includes(true)) render();
  } catch {
    showConnection('no connection'); // the next look tries again
  } finally {
    running = false;
  }
};

const written = () => {
  render();
  synchronize();
};

const change = async (row, changes) => {
  await store.change(row, changes);
  written();
};

const edit = (row) => {
  edited = row;
  $('body').value = row?.body ?? '';
  $('save').textContent = row ? 'Save the new version' : 'Save';
  $('cancel').hidden = !row;
  if (row) $('body').focus();
};

$('write').onsubmit = async (event) => {
  event.preventDefault();
  const body = $('body').value;
  if (edited) await store.change(edited, { body });
  else await store.write(body);
  edit();
  written();
};
$('body').onkeydown = (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) $('write').requestSubmit();
};
$('cancel').onclick = () => edit();
$('name').onchange = async () => {
  await store.writeCard($('name').value);
  written();
};
$('online').onchange = synchronize;

// Everybody can read a signed row, change it and send it on. Nobody but its owner can sign it again.
$('forge').onclick = async () => {
  const tips = store.histories().map(([tip]) => tip);
  const target = tips.find(({ row }) => row.user_hash !== store.owner) ?? tips[0];
  if (!target) return alert('Write a note first.');
  const row = { ...target.row, body: 'Mallory was here.', owner_timestamp: String(BigInt(target.row.owner_timestamp) + 1n) };
  const [outcome] = await post([{ table: 'notes', row }]);
  store.refuse({ table: 'notes', row, by: 'the database', ...outcome });
  render();
};
$('lie').onclick = async () => {
  await receiveLies(store);
  render();
};

// ---------------------------------------------------------------- begin

$('me').style.setProperty('--hue', parseInt(store.owner.slice(2, 6), 16) % 360);
$('me').title = store.owner;
$('device').href = `${location.origin}/#key=${encodeURIComponent(store.key)}`;
addEventListener('storage', ({ key, newValue }) => {
  if (key?.startsWith('\\x') && newValue) store.take(JSON.parse(newValue)); // of another tab
  render();
});
if (store.isNew) await store.writeCard(NAMES[Math.floor(Math.random() * NAMES.length)]);
written();
setInterval(synchronize, SECONDS_BETWEEN_LOOKS * 1000);
