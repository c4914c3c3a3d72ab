import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { EventQueue } from './eventQueue.mjs';
import { within } from './within.mjs';

/** The ways in which SignalR's client can reach the hub. */
export const transports = {
  'WebSockets with negotiation': { transport: HttpTransportType.WebSockets },
  'WebSockets without negotiation': { transport: HttpTransportType.WebSockets, skipNegotiation: true },
  'server-sent events': { transport: HttpTransportType.ServerSentEvents },
  'long polling': { transport: HttpTransportType.LongPolling },
};

/** Comes back until it is told not to. */
const untiring = { nextRetryDelayInMilliseconds: () => 100 };

/** SignalR's own client, with what it has received in queues that tests await. */
export class Client {
  messages = new EventQueue('OnMessages');
  topicEvents = new EventQueue('OnTopicEvents');
  storageEvents = new EventQueue('OnStorageEvents');
  lockEvents = new EventQueue('OnLockEvents');
  presenceEvents = new EventQueue('OnPresenceEvents');
  tokenEvents = new EventQueue('OnTokenEvents');
  connectionEvents = new EventQueue('OnConnectionEvents');
  chatNotices = new EventQueue('OnChatNotify');

  /** Batches of messages of conversations, each with its token. */
  chatBatches = new EventQueue('OnChatMessages');

  /** The connection events that are about a channel, which are not among the others. */
  channelStates = new EventQueue('OnConnectionEvents of channels');
  #closed;
  #reconnecting;
  #reconnected;

  /** A client that is not connected yet. */
  constructor(server, token, { query = '', comesBack = false, ...http } = {}) {
    const builder = new HubConnectionBuilder()
      .withUrl(`${server.url('/rtm')}${query}`, { accessTokenFactory: () => token, ...http })
      .configureLogging(LogLevel.None);
    this.hub = (comesBack ? builder.withAutomaticReconnect(untiring) : builder).build();
    const queues = {
      OnMessages: this.messages,
      OnTopicEvents: this.topicEvents,
      OnStorageEvents: this.storageEvents,
      OnLockEvents: this.lockEvents,
      OnPresenceEvents: this.presenceEvents,
      OnTokenEvents: this.tokenEvents,
      OnChatNotify: this.chatNotices,
      OnConnectionEvents: { add: (event) => (event.channel ? this.channelStates : this.connectionEvents).add(event) },
    };
    for (const [name, queue] of Object.entries(queues))
      this.hub.on(name, (events) => events.forEach((event) => queue.add(event)));
    this.hub.on('OnChatMessages', (messages, ackToken) => this.chatBatches.add({ messages, ackToken }));
    this.#closed = new Promise((resolve) => this.hub.onclose(resolve));
    this.#reconnecting = new Promise((resolve) => this.hub.onreconnecting(resolve));
    this.#reconnected = new Promise((resolve) => this.hub.onreconnected(resolve));
  }

  /** Connects, and waits until the server says that it is connected; ends with the test `t`. */
  static async connect(t, server, user, { token, ...options } = {}) {
    const client = new Client(server, token ?? await server.token(user), options);
    t.after(() => client.hub.stop());
    await within(client.hub.start(), `The connection of ${user}`);
    const event = await client.connectionEvents.next();
    if (event.state !== 3) throw new Error(`${user} is not connected: ${JSON.stringify(event)}`);
    return client;
  }

  /** Resolves when the connection has ended for good. */
  get closed() {
    return within(this.#closed, 'The end of the connection');
  }

  /** Resolves when the connection was lost and is tried again. */
  get reconnecting() {
    return within(this.#reconnecting, 'The loss of the connection');
  }

  /** Resolves when a lost connection is back. */
  get reconnected() {
    return within(this.#reconnected, 'The connection after its loss');
  }

  /** Calls a method; the whole reply. */
  call(method, ...request) {
    return within(this.hub.invoke(method, ...request), `The answer to ${method}`);
  }

  /** Calls a method; its code. */
  async code(method, request) {
    return (await this.call(method, request)).code;
  }

  /** Calls a method that must be done; its data. */
  async do(method, request) {
    const reply = await this.call(method, request);
    if (reply.code !== 0) throw new Error(`${method} was refused: ${JSON.stringify(reply)}`);
    return reply.data;
  }

  /** Joins a channel and becomes a publisher of a topic there. */
  async publishIn(channel, topic) {
    await this.do('JoinChannel', { channel });
    await this.do('JoinTopic', { channel, topic, qos: 'ordered' });
  }

  /** Joins a channel and follows publishers of a topic there. */
  async follow(channel, topic, users) {
    await this.do('JoinChannel', { channel });
    await this.do('SubscribeTopic', { channel, topic, users });
  }
}
