// Two users walk through the stream channel flow. Once: npm ci. Then: node flow.mjs [http://127.0.0.1:5080]
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

const server = process.argv[2] ?? 'http://127.0.0.1:5080';
const channel = 'MyChannel';
const topic = 'MyTopic';
const step = (text) => console.log(`✔ ${text}`);
setTimeout(() => { throw new Error('The server went silent.'); }, 30_000).unref();

// A development server gives anyone a token. In production your own server signs it, after a login of yours.
async function getToken(user, seconds = 3600) {
  const body = new URLSearchParams({ uid: user, ttl: seconds });
  const response = await fetch(`${server}/tk`, { method: 'POST', body });
  const { data } = response.ok ? await response.json() : {};
  if (!data) throw new Error(`${server}/tk gives no token: is it a development server?`);
  return data;
}
// Logging in is connecting: the token says who it is.
const connection = (token) => new HubConnectionBuilder()
  .withUrl(`${server}/rtm`, { accessTokenFactory: () => token }).configureLogging(LogLevel.Error).build();
// Every call is answered with a code. Zero is success; a refusal is an answer too, and no exception.
async function call(hub, method, request = {}) {
  const { code, error, message, data } = await hub.invoke(method, request);
  if (code !== 0) throw new Error(`${method} was refused with ${code} ${error}: ${message}`);
  return data;
}
// Events come in arrays, since the server sends together what happens together. Here the next one is enough.
const next = (hub, name) => new Promise((resolve) => {
  hub.on(name, function take([event]) { hub.off(name, take); resolve(event); });
});

const [alice, bob] = [connection(await getToken('alice', 31)), connection(await getToken('bob'))];
const warning = next(alice, 'OnTokenEvents'); // Handlers go in before the start, so that nothing is missed.
await Promise.all([alice.start(), bob.start()]);
step('alice and bob are logged in');

await call(alice, 'JoinChannel', { channel });
const { topics } = await call(bob, 'JoinChannel', { channel });
step(`both joined ${channel}; topics with publishers so far: ${Object.keys(topics).length}`);
await call(alice, 'JoinTopic', { channel, topic, qos: 'ordered' });
step(`alice joined ${topic}: she may publish in it`);
const { succeeded } = await call(bob, 'SubscribeTopic', { channel, topic, users: ['alice'] });
step(`bob subscribed to ${succeeded} in ${topic}`);
const received = next(bob, 'OnMessages');
await call(alice, 'PublishTopic', { channel, topic, messageType: 'string', payload: 'Hello world!' });
step(`bob received "${(await received).payload}" from ${(await received).publisher}`);
step(`bob is subscribed to: ${(await call(bob, 'GetSubscribedUsers', { channel, topic })).users}`);
await call(bob, 'UnsubscribeTopic', { channel, topic, users: ['alice'] });
step('bob unsubscribed');
await call(alice, 'LeaveTopic', { channel, topic });
for (const user of [alice, bob]) await call(user, 'LeaveChannel', { channel });
step('alice left the topic, and both left the channel');
const direct = next(alice, 'OnMessages'); // A message to a user needs no channel; its "channel" is the receiver.
await call(bob, 'Publish', { channel: 'alice', channelType: 'user', messageType: 'string', payload: 'Hi, it is bob.' });
step(`alice received "${(await direct).payload}" from ${(await direct).publisher}`);
step(`alice's token: ${(await warning).type}, ${Math.round(((await warning).expiresAt - Date.now()) / 1000)} s left`);
const { expiresAt } = await call(alice, 'RenewToken', { token: await getToken('alice') });
step(`alice renewed it: ${Math.round((expiresAt - Date.now()) / 60_000)} min left`);
for (const user of [alice, bob]) await call(user, 'Logout').then(() => user.stop());
step('alice and bob are logged out');
