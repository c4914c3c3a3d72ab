// A group, a push, and what waited for who was away. Once: npm ci. Then:
// node conversations.mjs [http://127.0.0.1:5080 [../../src/Silo/data/app.json]]
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';

const server = process.argv[2] ?? 'http://127.0.0.1:5080';
const app = JSON.parse(await readFile(process.argv[3] ?? new URL('../../src/Silo/data/app.json', import.meta.url), 'utf8'));
const step = (text) => console.log(`✔ ${text}`);
setTimeout(() => { throw new Error('The server went silent.'); }, 30_000).unref();

// What the app's own server does: each call is signed with the app's secret.
async function appServer(path, body) {
  const [nonce, timestamp] = [randomUUID(), `${Date.now()}`];
  const signature = createHash('sha1').update(`${app.secret}${nonce}${timestamp}`).digest('hex');
  const headers = {
    'Content-Type': 'application/json', 'App-Key': app.key, Nonce: nonce, Timestamp: timestamp, Signature: signature,
  };
  const response = await fetch(`${server}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} was refused: ${await response.text()}`);
}

/** A device of a user: it keeps each message once, acknowledges what it has, and asks when it is told to. */
class Device {
  messages = [];
  #seen = new Set();
  #asking = Promise.resolve();
  #wake = () => {};

  constructor(user, device) {
    const getToken = async () => {
      const response = await fetch(`${server}/tk`, { method: 'POST', body: new URLSearchParams({ uid: user }) });
      const { data } = response.ok ? await response.json() : {};
      return data ?? Promise.reject(new Error(`${server}/tk gives no token: is it a development server?`));
    };
    this.hub = new HubConnectionBuilder()
      .withUrl(`${server}/rtm?device=${device}`, { accessTokenFactory: getToken })
      .configureLogging(LogLevel.Error).withAutomaticReconnect().build();
    this.hub.on('OnChatMessages', (messages, ackToken) => this.#take(messages, ackToken));
    this.hub.on('OnChatNotify', () => this.pull());
    this.hub.onreconnected(() => this.pull());
  }

  async start() { await this.hub.start(); await this.pull(); }

  async call(method, request) {
    const { code, error, message, data } = await this.hub.invoke(method, request);
    if (code !== 0) throw Object.assign(new Error(`${method} was refused with ${code} ${error}: ${message}`), { code });
    return data;
  }

  say = (to, text) => this.call('SendMessage', {
    conversationType: to.type, targetId: to.id, objectName: 'RC:TxtMsg', content: { content: text },
    clientMessageId: randomUUID(), // Sent again with the same id, it is stored once.
  });

  /** Asks until there is nothing more; one at a time, and a refusal stops nothing for good. */
  pull() { return (this.#asking = this.#asking.catch(() => {}).then(() => this.#pull())); }

  async until(count) { while (this.messages.length < count) await new Promise((resolve) => { this.#wake = resolve; }); }

  async #pull() {
    for (let finished = false; !finished;) {
      const page = await this.call('PullMessages', { count: 200 });
      for (const gap of page.skipped ?? []) step(`not for this device: ${gap.targetId}, ${gap.afterSeq} to ${gap.beforeSeq}`);
      await this.#take(page.messages, page.ackToken);
      finished = page.finished;
    }
  }

  async #take(messages, ackToken) {
    for (const message of messages)
      if (!this.#seen.has(message.messageUId)) this.messages.push(message) && this.#seen.add(message.messageUId);
    this.#wake();
    if (ackToken) await this.call('AckMessages', { ackToken }); // Put away before it is acknowledged: it comes once more otherwise.
  }
}

const team = { type: 3, id: `team-${randomUUID()}` };
await appServer('/group/create', { groupId: team.id, name: 'Team', userIds: ['alice', 'bob', 'carol'] });
step('the app server made a group of alice, bob and carol');
const [alice, bob] = [new Device('alice', 'a'), new Device('bob', 'b')];
await Promise.all([alice.start(), bob.start()]);
const before = bob.messages.length;
const { seq } = await alice.say(team, 'Hello, all!');
step(`alice's message is on disk: it is number ${seq} of the group`);
await bob.until(before + 1);
step(`bob was handed "${bob.messages.at(-1).content.content}"`);
const carol = new Device('carol', randomUUID());
await carol.start();
step(`carol, who came later, found "${carol.messages.findLast(({ targetId }) => targetId === team.id).content.content}"`);
await Promise.all([alice, bob, carol].map(({ hub }) => hub.stop()));
