import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { Client } from './support/client.mjs';
import { EventQueue } from './support/eventQueue.mjs';
import { Server } from './support/server.mjs';
import { serveSamples } from './support/site.mjs';

/** A server, and a browser that shows pages of the samples. */
async function stage(t) {
  const site = await serveSamples(t);
  const [server, browser] = await Promise.all([
    Server.start({ settings: { 'Presence:Debounce': '00:00:00' } }), // In Development pages of all origins may call.
    openBrowser(t),
  ]);
  t.after(() => server.dispose());
  const failures = [];
  t.after(() => assert.deepEqual(failures, []));
  return {
    server,
    /** Opens a page; the wanted status is there when this ends. */
    async show(path, query, status) {
      const page = await browser.newPage();
      page.on('pageerror', (failure) => failures.push(`${failure}`));
      await page.goto(`${site}/${path}/index.html?${new URLSearchParams({ server: server.url('', 'ws').replace(/\/$/, ''), ...query })}`);
      await page.locator('#status', { hasText: status }).waitFor();
      return page;
    },
  };
}

/** Waits for an entry of the list of messages. */
const shown = (page, text, more = '') => page.locator(`#messages li${more}`, { hasText: text }).waitFor();

/** Everything in the list of messages. */
const all = (page) => page.locator('#messages li').allTextContents();

test('the page of a chat room talks with another and with the hub', async (t) => {
  const { server, show } = await stage(t);
  const enter = async (user) => show('room-page', { room: 'lobby', token: await server.token(user) }, 'signed in');
  const [ann, bob] = await Promise.all([enter('ann'), enter('bob')]);
  const carol = await Client.connect(t, server, 'carol');
  await carol.do('Subscribe', { channel: 'lobby' });

  const long = `Grüße, ${'é'.repeat(300)}`; // Longer than what one byte counts.
  for (const text of ['one', 'two', long]) {
    await ann.fill('#text', text);
    await ann.click('#send');
    await ann.locator('#text').and(ann.locator(':not([value])')).waitFor();
  }
  await Promise.all([shown(ann, long), shown(bob, long)]);
  assert.deepEqual(await all(ann), ['one', 'two', long]);
  assert.deepEqual(await all(bob), ['one', 'two', long]);
  const heard = (await carol.messages.take(3)).map(({ publisher, payload }) => [publisher, payload]);
  assert.deepEqual(heard, [['ann', 'one'], ['ann', 'two'], ['ann', long]]);

  const message = { channel: 'lobby', channelType: 'message', messageType: 'string' };
  await carol.do('Publish', { ...message, payload: 'from the hub' });
  await Promise.all([shown(ann, 'from the hub', '.normal'), shown(bob, 'from the hub', '.normal')]);
  await carol.do('Publish', { ...message, payload: 'mind the gap', level: 'important' });
  await shown(bob, 'mind the gap', '.important');
  await bob.locator('#members', { hasText: '3' }).waitFor();
});

test('the page of a chat room says what was refused', async (t) => {
  const { show } = await stage(t);
  await show('room-page', { room: 'lobby', token: 'none' }, 'failed 100 无效token');
});

test('the page of the IM protocol talks with another and with the hub', async (t) => {
  const { server, show } = await stage(t);
  const enter = (user) => show('im-page', { user, app: 101 }, 'signed-in');
  const ann = await enter('ann');
  const bob = await enter('bob');
  await shown(ann, 'bob: 哈喽~', '[data-cmd=enter]');

  await ann.fill('#to', 'bob');
  await ann.fill('#text', 'Hi <bob> & 你好');
  await ann.click('#send');
  await shown(bob, 'ann: Hi <bob> & 你好', '[data-cmd=msg]');
  await ann.fill('#text', 'to everybody');
  await ann.click('#sendAll');
  await shown(bob, 'ann: to everybody');

  const carol = await Client.connect(t, server, 'carol', { query: '?device=phone' });
  await carol.do('PullMessages');
  const text = { conversationType: 1, targetId: 'bob', objectName: 'RC:TxtMsg', content: { content: 'from the hub' } };
  await carol.do('SendMessage', text);
  await shown(bob, 'carol: from the hub');
  await bob.fill('#to', 'carol');
  await bob.fill('#text', 'and back');
  await bob.click('#send');
  const { messages: [back] } = await carol.chatBatches.next();
  assert.deepEqual([back.senderUserId, back.content.content], ['bob', 'and back']);

  await bob.click('#leave');
  await bob.locator('#status', { hasText: 'closed' }).waitFor();
  await shown(ann, 'bob: 用户已经离开~', '[data-cmd=exit]');
});

test('a page of an origin that the operator does not list gets in at no door', async (t) => {
  const site = await serveSamples(t);
  const [server, browser] = await Promise.all([
    Server.start({
      environment: 'Production',
      settings: { 'App:Key': 'a'.repeat(32), 'App:Secret': 'b'.repeat(32), 'Gateway:AllowedOrigins': 'https://app.example' },
    }),
    openBrowser(t),
  ]);
  t.after(() => server.dispose());
  const page = await browser.newPage();
  await page.goto(`${site}/im-page/index.html`);
  for (const path of ['/im', '/room']) {
    const ends = new EventQueue(path);
    await page.exposeFunction(`end${path.slice(1)}`, (code) => ends.add(code));
    await page.evaluate(([address, end]) => {
      const socket = new WebSocket(address);
      socket.onopen = () => window[end]('open');
      socket.onclose = ({ code }) => window[end](code);
    }, [server.url(path, 'ws'), `end${path.slice(1)}`]);
    assert.equal(await ends.next(), 1006);
  }
});
