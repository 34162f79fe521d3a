// Uses the notes app as people would, in two profiles of a headless Chromium.
//
//   node test/browser.mjs ADDRESS [DIRECTORY FOR SCREENSHOTS]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chromium } from './chromium.mjs';

const [address, screenshots] = process.argv.slice(2);
const chromium = new Chromium(process.env.CHROMIUM);

const article = (text) => `[...document.querySelectorAll('article')].find((a) => a.querySelector('.body').textContent === ${JSON.stringify(text)})`;
const isVerified = (text) => `${article(text)}?.querySelector(':scope > footer .good')`;
const press = (page, text, button) =>
  page.value(`[...${article(text)}.querySelectorAll('button')].find((b) => b.textContent === ${JSON.stringify(button)}).click()`);
const save = (page, text) => page.value(`document.getElementById('body').value = ${JSON.stringify(text)}; document.getElementById('write').requestSubmit()`);
const rename = (page, name) =>
  page.value(`(() => { const n = document.getElementById('name'); n.value = ${JSON.stringify(name)}; n.dispatchEvent(new Event('change')); })()`);
const change = async (page, from, to) => {
  await press(page, from, 'Edit');
  await save(page, to);
};
const refusals = (page) => page.value(`[...document.querySelectorAll('#refused li')].map((e) => e.innerText)`);
const step = async (what, action) => {
  await action();
  console.log(`ok: ${what}`);
};
const check = (isTrue, why) => {
  if (!isTrue) throw new Error(why);
};

try {
  const phone = await chromium.open(address);
  let laptop;
  let stranger;

  await step('a note is signed in the page, sent, seen again and verified', async () => {
    await phone.until(`document.getElementById('name')?.value`);
    await rename(phone, 'Ada');
    await save(phone, 'Buy milk');
    await phone.until(isVerified('Buy milk'));
  });

  await step('another device of the owner, and somebody else, verify it', async () => {
    laptop = await chromium.open(await phone.value(`document.getElementById('device').href`));
    stranger = await chromium.open(address);
    await laptop.until(isVerified('Buy milk'));
    await stranger.until(isVerified('Buy milk'));
    await rename(stranger, 'Grace');
    await save(stranger, 'Found a moth in the relay');
    check(await laptop.value(`document.getElementById('name').value === 'Ada'`), 'the other device has the owner\'s card');
    check(await stranger.value(`!${article('Buy milk')}.querySelector('button')`), 'who is not the owner has nothing to press');
  });

  await step('both devices change it offline; the newer version wins on both, the older is in the history', async () => {
    for (const device of [phone, laptop]) await device.setOffline(true);
    await change(phone, 'Buy milk', 'Buy milk and bread');
    await change(laptop, 'Buy milk', 'Buy oat milk'); // the later one
    for (const [device, text] of [[phone, 'Buy milk and bread'], [laptop, 'Buy oat milk']]) {
      await device.until(`${article(text)}?.innerText.includes('on this device only')`);
    }
    await laptop.setOffline(false);
    await stranger.until(isVerified('Buy oat milk'));
    await phone.setOffline(false); // comes late
    for (const page of [phone, laptop, stranger]) {
      await page.until(isVerified('Buy oat milk'));
      await page.until(`${article('Buy oat milk')}.querySelectorAll('li').length === 3`);
      await page.value(`${article('Buy oat milk')}.querySelector('details').open = true`);
      const history = await page.value(`[...${article('Buy oat milk')}.querySelectorAll('li .body')].map((e) => e.textContent).join()`);
      check(history === 'Buy oat milk,Buy milk and bread,Buy milk', history);
    }
  });

  await step('a forged row is refused by the database', async () => {
    await stranger.value(`document.getElementById('forge').click()`);
    await stranger.until(`document.querySelector('#refused li')`);
    const [said] = await refusals(stranger);
    check(/RS002.*refused by the database[^]*signature[^]*Mallory was here/.test(said), said);
  });

  await step('what a lying server says does not verify', async () => {
    await stranger.value(`document.getElementById('lie').click()`);
    await stranger.until(`document.querySelectorAll('#refused li').length === 2`);
    const [said] = await refusals(stranger);
    check(/RS002.*refused by this page[^]*signature[^]*put words into/.test(said), said);
    check(!(await stranger.value(`document.getElementById('notes').innerText`)).includes('put words into'), 'it is shown as a note');
  });

  if (screenshots) {
    await stranger.until(isVerified('Found a moth in the relay'));
    const shoot = async (name, ...view) => writeFileSync(join(screenshots, name), await stranger.screenshot(...view));
    await shoot('notes.png', 960, 720);
    await shoot('notes-dark.png', 960, 720, [{ name: 'prefers-color-scheme', value: 'dark' }]);
    await shoot('notes-narrow.png', 375, 1200);
  }

  await step('a tombstone is seen everywhere, and what was written is kept when the page is loaded again', async () => {
    await press(phone, 'Buy oat milk', 'Delete');
    const tombstone = 'Deleted by its owner. The tombstone stays.';
    for (const page of [phone, laptop, stranger]) await page.until(isVerified(tombstone));
    await laptop.command('Page.reload');
    await laptop.until(`${article(tombstone)}?.querySelectorAll('li').length === 4`);
    await press(phone, tombstone, 'Bring back');
    await stranger.until(isVerified('Buy oat milk'));
  });

  await step('nothing went wrong unnoticed', async () => {
    for (const page of [phone, laptop, stranger]) {
      check(page.errors.length === 0, page.errors.join('\n'));
      await page.until(`document.getElementById('connection').textContent === 'online'`);
    }
  });
} catch (e) {
  console.log(`FAILED: ${e.stack}`);
  process.exitCode = 1;
} finally {
  await chromium.close();
}
