// Shapes of an Electric. Nothing it says is trusted: not that it answers, nor that it ends, nor what rows it sends.
import { setTimeout as pause } from 'node:timers/promises';
import { Rejected, Unavailable } from './peer.js';

const START = { offset: '-1' };
const MOST_BYTES = 64 * 1024 * 1024;

export class Electric {
  #url;

  /** The address of Electric or of its shape endpoint; a query in it, such as secret=…, goes along with each request. */
  constructor(url) {
    this.#url = new URL(url);
    if (this.#url.pathname === '/') this.#url.pathname = '/v1/shape';
    this.name = this.#url.origin + this.#url.pathname; // What a position goes by, and what is printed: without secrets.
  }

  /**
   * The changes of a table as batches { rows, deletes, position, upToDate }, without an end. A batch may be delivered again and
   * again; `position` is where to go on when it is. Columns are all, or those that are named.
   */
  async *read({ name, columns }, position, signal) {
    let at = position ?? START;
    let live = false;
    let cursor;
    let rebuilt = 0;
    for (;;) {
      const began = Date.now();
      const answer = await this.#ask({ table: name, columns: columns?.map(quoted).join(','), replica: 'full', ...at, ...(live && { live, cursor }) }, signal);
      if (answer.isRebuilt) {
        // The log is another one now: all of it is read again, and what is here already is known.
        if (++rebuilt > 3) throw new Unavailable(`${this.name} builds the shape of ${name} anew and anew`);
        [at, live] = [{ ...START, ...answer.at }, false];
        yield { rows: [], deletes: 0, position: START, upToDate: false };
        await pause(200, undefined, { signal });
        continue;
      }
      rebuilt = 0;
      if (!answer.upToDate && answer.at.offset === at.offset) throw new Unavailable(`${this.name} gives the same part of ${name} again`);
      [at, live, cursor] = [answer.at, answer.upToDate, answer.cursor];
      yield { rows: answer.rows, deletes: answer.deletes, position: at, upToDate: live };
      if (live && answer.rows.length === 0 && Date.now() - began < 1000) await pause(1000, undefined, { signal });
    }
  }

  async #ask(parameters, signal) {
    const url = new URL(this.#url);
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    let response, body;
    try {
      response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(90_000)]) });
      body = await this.#body(response);
    } catch (e) {
      if (signal.aborted || e instanceof Unavailable) throw e;
      throw new Unavailable(`${this.name}: ${e.cause?.message ?? e.message}`);
    }
    const { status } = response;
    // 400 may as well mean that the handle is of a shape with other columns; without one it means that there is no such shape.
    if (status === 400 && parameters.handle !== undefined) return { isRebuilt: true, at: {} };
    if (status === 409) return { isRebuilt: true, at: { handle: header(response, 'electric-handle') } };
    if (status === 408 || status === 425 || status === 429 || status >= 500) {
      throw new Unavailable(`${this.name} answers ${status}`, 1000 * Number(response.headers.get('retry-after')) || 0);
    }
    if (status !== 200 && status !== 204) throw new Rejected(`${this.name} answers ${status}: ${body.slice(0, 500)}`);
    return this.#log(response, status === 204 ? '[{"headers":{"control":"up-to-date"}}]' : body, parameters);
  }

  async #body(response) {
    const parts = [];
    let bytes = 0;
    for await (const part of response.body ?? []) {
      if ((bytes += part.length) > MOST_BYTES) throw new Unavailable(`${this.name} answers with more than ${MOST_BYTES} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts).toString();
  }

  #log(response, body, asked) {
    let messages;
    try {
      messages = JSON.parse(body);
    } catch {
      // Said below.
    }
    const at = { offset: header(response, 'electric-offset') ?? asked.offset, handle: header(response, 'electric-handle') ?? asked.handle };
    if (!Array.isArray(messages) || at.handle === undefined) throw new Unavailable(`what ${this.name} answers is no shape log`);
    const log = { rows: [], deletes: 0, upToDate: false, isRebuilt: false, at, cursor: header(response, 'electric-cursor') };
    for (const message of messages) {
      const { operation, control } = message?.headers ?? {};
      if (operation === 'insert' || operation === 'update') log.rows.push(message.value);
      // Nobody can verify a delete. It is a row that left the shape, or one that somebody took away by force.
      else if (operation === 'delete') log.deletes++;
      else if (control === 'up-to-date') log.upToDate = true;
      else if (control === 'must-refetch') log.isRebuilt = true;
    }
    return log.isRebuilt ? { isRebuilt: true, at: {} } : log;
  }
}

/** A column as Electric reads its name. */
const quoted = (name) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** A header that goes into the next request. */
const header = (response, name) => {
  const value = response.headers.get(name);
  return value !== null && /^[\x21-\x7e]{1,500}$/.test(value) ? value : undefined;
};
