// Runs the suite in a headless Chromium: serves this package and the page below, and reads what the page says.
//
//   node test/browser.mjs [chromium]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { given } from './given.js';

const home = fileURLToPath(new URL('..', import.meta.url));
const PAGE = `<!doctype html><title>Rowseal in a browser</title><pre></pre>
<script type="importmap">{"imports": {"rowseal": "/src/index.js", "cborg": "/node_modules/cborg/cborg.js", "@noble/": "/node_modules/@noble/"}}</script>
<script type="module">
  import { suite } from '/test/suite.js';
  const say = (line) => { document.querySelector('pre').textContent += line + '\\n'; };
  let passed = 0, failed = 0;
  for (const [name, run] of suite(await (await fetch('/given.json')).json())) {
    try { await run(); passed++; } catch (e) { failed++; say('FAILED ' + name + ': ' + e.stack); }
  }
  say(passed + ' passed, ' + failed + ' failed');
  await fetch('/done', { method: 'POST', body: document.querySelector('pre').textContent });
</script>`;

const TYPES = { '.js': 'text/javascript', '.json': 'application/json', '.html': 'text/html' };
const answer = (path) => {
  if (path === '/') return ['.html', PAGE];
  if (path === '/given.json') return ['.json', JSON.stringify(given)];
  return [extname(path), readFileSync(join(home, path))];
};
const result = await new Promise((resolve, reject) => {
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      let said = '';
      request.on('data', (part) => { said += part; }).on('end', () => { response.end(); finish(() => resolve(said)); });
      return;
    }
    try {
      const [type, body] = answer(new URL(request.url, 'http://x').pathname);
      response.writeHead(200, { 'Content-Type': TYPES[type] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1', () => {
    profile = mkdtempSync(join(tmpdir(), 'rowseal-browser-'));
    const options = ['--headless', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
    browser = spawn(process.argv[2] ?? 'chromium', [...options, `http://127.0.0.1:${server.address().port}/`], { stdio: 'ignore' });
    browser.on('error', (e) => finish(() => reject(e)));
    timer = setTimeout(() => finish(() => reject(new Error('the browser did not finish in three minutes'))), 180_000);
  });
  let browser, profile, timer;
  const finish = (then) => {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
    browser.once('exit', () => { rmSync(profile, { recursive: true, force: true, maxRetries: 5 }); then(); });
    if (!browser.kill()) then();
  };
});
console.log(result.trimEnd());
process.exit(/ 0 failed$/.test(result.trimEnd()) ? 0 : 1);
