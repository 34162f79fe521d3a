// A headless Chromium, driven by the DevTools protocol over a pipe.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PATIENCE = 30_000; // ms

/** A page in a profile of its own: it shares neither storage nor network with the others. */
class Page {
  errors = []; // exceptions that nothing caught
  #call;

  constructor(call) {
    this.#call = call;
  }

  async command(method, parameters) {
    return this.#call(method, parameters);
  }

  /** The value of an expression. */
  async value(expression) {
    const { result, exceptionDetails } = await this.#call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  }

  /** Waits until an expression is true. */
  async until(expression) {
    let problem = '';
    for (const end = Date.now() + PATIENCE; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
      try {
        if (await this.value(`Boolean(${expression})`)) return;
      } catch (e) {
        problem = e.message; // the page is just being loaded, perhaps
      }
    }
    throw new Error(`this did not become true: ${expression}\n${problem}\n${await this.value('document.body.innerText')}`);
  }

  async setOffline(offline) {
    await this.#call('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  }

  /** As PNG. */
  async screenshot(width, height, media = []) {
    await this.#call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    await this.#call('Emulation.setEmulatedMedia', { features: media });
    return Buffer.from((await this.#call('Page.captureScreenshot', {})).data, 'base64');
  }
}

export class Chromium {
  #process;
  #profile = mkdtempSync(join(tmpdir(), 'rowseal-notes-'));
  #calls = new Map();
  #pages = new Map(); // by session
  #number = 0;

  constructor(program = 'chromium') {
    const options = ['--headless', '--disable-gpu', '--no-first-run', '--remote-debugging-pipe', `--user-data-dir=${this.#profile}`,
      '--hide-scrollbars', '--disable-background-timer-throttling', '--disable-renderer-backgrounding'];
    if (process.getuid?.() === 0) options.push('--no-sandbox');
    this.#process = spawn(program, options, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.#process.on('exit', () => this.#calls.forEach(({ reject }) => reject(new Error('the browser ended'))));
    let text = '';
    this.#process.stdio[4].setEncoding('utf8').on('data', (part) => {
      const messages = (text + part).split('\0');
      text = messages.pop();
      messages.forEach((message) => this.#answered(JSON.parse(message)));
    });
  }

  /** Opens an address in a new profile. */
  async open(url) {
    const { browserContextId } = await this.#call('Target.createBrowserContext');
    const { targetId } = await this.#call('Target.createTarget', { url: 'about:blank', browserContextId });
    const { sessionId } = await this.#call('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page((method, parameters) => this.#call(method, parameters, sessionId));
    this.#pages.set(sessionId, page);
    for (const domain of ['Network', 'Page', 'Runtime']) await page.command(`${domain}.enable`);
    await page.command('Page.navigate', { url });
    return page;
  }

  async close() {
    const ended = new Promise((resolve) => this.#process.once('close', resolve)); // its children too have let go of the pipes
    this.#call('Browser.close').catch(() => {});
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10 });
  }

  #call(method, params = {}, sessionId = undefined) {
    const id = ++this.#number;
    this.#process.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
    return new Promise((resolve, reject) => this.#calls.set(id, { resolve, reject }));
  }

  #answered({ id, result, error, method, params, sessionId }) {
    if (method === 'Runtime.exceptionThrown') this.#pages.get(sessionId).errors.push(params.exceptionDetails.exception?.description);
    const call = this.#calls.get(id);
    if (!call) return; // an event
    this.#calls.delete(id);
    if (error) call.reject(new Error(error.message));
    else call.resolve(result);
  }
}
