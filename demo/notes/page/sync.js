// Between this browser and the server. Whatever fails for want of a connection is tried again later.
import { cardsFirst } from './store.js';

const json = async (path, options) => {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};

/** Hands rows to the server; for each the database says what became of it: outcome, code and message. */
export const post = (entries) =>
  json('/rows', { method: 'POST', body: JSON.stringify(entries.map(({ table, row }) => ({ table, row }))) });

/** Sends what is only here; true if there was something. */
export const send = async (store) => {
  const entries = store.unsent().slice(0, 100); // the next look sends the others
  if (entries.length === 0) return false;
  const outcomes = await post(entries);
  entries.forEach((entry, i) => {
    const isRefused = outcomes[i].outcome === 'refused';
    if (isRefused) store.refuse({ ...entry, by: 'the database', ...outcomes[i] });
    store.take({ ...entry, state: isRefused ? 'refused' : 'sent' });
  });
  return true;
};

/** Takes in what is new on the server; true if there was something. */
export const receive = async (store) => {
  const { rows, cursor } = await json(store.cursor === null ? '/changes' : `/changes?after=${encodeURIComponent(store.cursor)}`);
  const news = cardsFirst(rows).map((entry) => store.take({ ...entry, state: 'seen' }));
  if (!news.includes(null)) store.cursor = cursor; // what came before its card comes again
  return news.includes(true);
};

/** Takes in what a server says that lies. */
export const receiveLies = async (store) => {
  const { rows } = await json('/changes?lie');
  for (const entry of cardsFirst(rows)) store.take({ ...entry, state: 'seen' });
};
