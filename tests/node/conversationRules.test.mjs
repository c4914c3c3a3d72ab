import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from './support/client.mjs';
import { EventQueue } from './support/eventQueue.mjs';
import { assertRefused } from './support/refusals.mjs';
import { Server } from './support/server.mjs';

const unlimited = { 'RateLimits:CallsPerSecond': 0, 'RateLimits:ConversationMessagesPerSecond': 0 };

let server;
before(async () => {
  server = await Server.start({
    settings: {
      ...unlimited, 'SensitiveWords:Shield:0': 'terrible', 'SensitiveWords:Replace:0': 'bad', 'SensitiveWords:Replace:1': '坏词',
    },
  });
});
after(() => server?.dispose());

const text = (targetId, content, more) =>
  ({ conversationType: 1, targetId, objectName: 'RC:TxtMsg', content: { content }, ...more });

describe('a blacklist', () => {
  test('refuses the private messages of who is on it, and of nobody else', async (t) => {
    const ann = await Client.connect(t, server, 'ann1');
    const bob = await Client.connect(t, server, 'bob1');
    const sent = await bob.do('SendMessage', text('ann1', 'before', { clientMessageId: 'k' }));
    assert.deepEqual(await ann.do('GetBlacklistStatus', { userId: 'bob1' }), { status: 1 });
    await ann.do('AddToBlacklist', { userId: 'bob1' });
    await ann.do('AddToBlacklist', { userId: 'bob1' });

    assertRefused(await bob.call('SendMessage', text('ann1', 'after')), 405);
    assert.deepEqual(await bob.do('SendMessage', text('ann1', 'before', { clientMessageId: 'k' })), sent);
    await ann.do('SendMessage', text('bob1', 'the other way'));
    assert.deepEqual(await ann.do('GetBlacklistStatus', { userId: 'bob1' }), { status: 0 });
    assert.deepEqual(await ann.do('GetBlacklist'), { userIds: ['bob1'] });

    await ann.do('RemoveFromBlacklist', { userId: 'bob1' });
    await ann.do('RemoveFromBlacklist', { userId: 'bob1' });
    assert.deepEqual(await ann.do('GetBlacklist'), { userIds: [] });
    assert.equal((await bob.do('SendMessage', text('ann1', 'again'))).seq, 3);
  });

  test('and the days that messages wait are there after kill -9', async (t) => {
    const first = await Server.start({ settings: unlimited });
    let next;
    t.after(async () => {
      await next?.dispose();
      await first.dispose();
    });
    const ann = await Client.connect(t, first, 'ann');
    await ann.do('AddToBlacklist', { userId: 'bob' });
    await ann.do('SetOfflineDuration', { days: 3 });
    await first.kill();

    next = await Server.start({ dataDirectory: first.dataDirectory, settings: unlimited });
    assertRefused(await (await Client.connect(t, next, 'bob')).call('SendMessage', text('ann', 'hi')), 405);
  });

  test('and the days that messages wait have bounds that are told', async (t) => {
    const ann = await Client.connect(t, server, 'ann2');
    for (const method of ['AddToBlacklist', 'RemoveFromBlacklist', 'GetBlacklistStatus'])
      for (const userId of [undefined, 5, '', '*', 'x'.repeat(65)])
        assertRefused(await ann.call(method, { userId }), 33003, /userId/);
    for (const days of [undefined, 0, 8, -1, 1.5, '3'])
      assertRefused(await ann.call('SetOfflineDuration', { days }), 33003, /days/);
    for (const days of [1, 7]) await ann.do('SetOfflineDuration', { days });
  });
});

describe('a message', () => {
  test('is refused for some words, and masked for others, and its sender is told', async (t) => {
    const ann = await Client.connect(t, server, 'ann3');
    const bob = await Client.connect(t, server, 'bob3');
    assertRefused(await ann.call('SendMessage', text('bob3', 'a TERRIBLE day')), 21501);
    const masked = await ann.call('SendMessage', text('bob3', 'a bad 😀 坏词', { clientMessageId: 'k' }));
    assert.equal(masked.code, 21502);
    assert.equal(masked.error, 'SENSITIVE_REPLACE');
    assert.equal(masked.retryable, false);
    assert.equal(masked.data.seq, 1);
    assert.deepEqual(await ann.call('SendMessage', text('bob3', 'a bad 😀 坏词', { clientMessageId: 'k' })), masked);
    assert.equal((await ann.call('SendMessage', text('bob3', 'fine'))).code, 0);

    const { messages } = await bob.do('PullMessages');
    assert.deepEqual(messages.map(({ content }) => content.content), ['a *** 😀 ***', 'fine']);
    assert.equal(messages[0].messageUId, masked.data.messageUId);
  });
});

/** The messages that a client is sent, each with the second argument of its event. */
function chatMessages(client) {
  const queue = new EventQueue('OnChatMessages');
  client.hub.on('OnChatMessages', (messages, ackToken) => messages.forEach((message) => queue.add({ message, ackToken })));
  return queue;
}

describe('a status message', () => {
  test('reaches who is connected, and leaves nothing behind', async (t) => {
    const ann = await Client.connect(t, server, 'ann4', { query: '?device=phone' });
    const tablet = await Client.connect(t, server, 'ann4', { query: '?device=tablet' });
    const bob = await Client.connect(t, server, 'bob4');
    const [own, other, got] = [ann, tablet, bob].map(chatMessages);
    const sent = await ann.do('SendMessage', text('bob4', 'soon gone', { isStatus: true, clientMessageId: 'k' }));
    assert.equal(sent.seq, 0);
    const expected = {
      conversationType: 1, targetId: 'ann4', senderUserId: 'ann4', messageUId: sent.messageUId, seq: 0, sentTime: sent.sentTime,
      objectName: 'RC:TxtMsg', content: { content: 'soon gone' }, clientMessageId: 'k', messageDirection: 2,
      isPersisted: false, isCounted: false, isOffLineMessage: false,
    };
    assert.deepEqual(await got.next(), { message: expected, ackToken: null });
    assert.deepEqual(
      await other.next(), { message: { ...expected, targetId: 'bob4', messageDirection: 1 }, ackToken: null });

    // Types that are never stored need not say so.
    assert.equal((await ann.do('SendMessage', text('bob4', 'x', { objectName: 'RC:CmdMsg' }))).seq, 0);
    assert.equal((await got.next()).message.objectName, 'RC:CmdMsg');
    assert.deepEqual((await bob.do('PullMessages')).messages, []);
    assert.equal(own.count, 0);
  });

  test('tells of typing, and obeys the blacklist', async (t) => {
    const ann = await Client.connect(t, server, 'ann5');
    const bob = await Client.connect(t, server, 'bob5');
    const got = chatMessages(bob);
    const typing = { conversationType: 1, targetId: 'bob5', contentType: 'RC:TxtMsg' };
    await ann.do('SendTyping', typing);
    const { message } = await got.next();
    assert.deepEqual(
      [message.objectName, message.content, message.isPersisted],
      ['RC:TypSts', { typingContentType: 'RC:TxtMsg' }, false]);
    for (const contentType of [undefined, '', 'a b', 5])
      assertRefused(await ann.call('SendTyping', { ...typing, contentType }), 33003, /contentType/);
    assertRefused(await ann.call('SendTyping', { ...typing, targetId: '*' }), 33003, /targetId/);

    await bob.do('AddToBlacklist', { userId: 'ann5' });
    assertRefused(await ann.call('SendTyping', typing), 405);
    assertRefused(await ann.call('SendMessage', text('bob5', 'x', { isStatus: true })), 405);
  });
});
