import WebSocket from 'ws';
import { EventQueue } from './eventQueue.mjs';
import { within } from './within.mjs';

let last = 0;

/** A client of the IM protocol over JSON, which sends and reads plain texts. */
export class ImClient {
  /** Every frame as it came, in order. */
  frames = new EventQueue('the door /im');

  /** Resolves with the WebSocket's close code. */
  closed;

  constructor(socket) {
    this.socket = socket;
    const closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })));
    this.closed = within(closed, 'The end of the connection');
    this.closed.catch(() => {});
    socket.on('error', () => {}); // A broken connection is told by 'close' too.
    socket.on('message', (data, isBinary) => this.frames.add(isBinary ? data : data.toString()));
  }

  /** Opens a connection; ends with the test `t`. */
  static async open(t, server, { path = '/im', ...options } = {}) {
    const socket = new WebSocket(server.url(path, 'ws'), options);
    t.after(() => socket.terminate());
    const client = new ImClient(socket);
    await within(new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    }), 'The opening of the connection');
    return client;
  }

  /** Opens a connection and signs in, which must succeed. */
  static async login(t, server, userId, { appId = 101, serviceToken, ...options } = {}) {
    const client = await ImClient.open(t, server, options);
    const answer = await client.ask('login', { userId, appId, ...(serviceToken && { serviceToken }) });
    if (answer.code !== 200) throw new Error(`${userId} is not signed in: ${JSON.stringify(answer)}`);
    return client;
  }

  /** Sends a text. */
  send(text) {
    this.socket.send(text);
  }

  /** Sends a text; the next frame. */
  async exchange(text) {
    this.send(text);
    return this.frames.next();
  }

  /** Asks; the `response` of the answer. What is pushed before it is left out. */
  async ask(cmd, data = {}) {
    const seq = `ask-${++last}`;
    this.send(JSON.stringify({ seq, cmd, data }));
    for (;;) {
      const frame = JSON.parse(await this.frames.next());
      if (frame.seq === seq && frame.cmd === cmd) return frame.response;
    }
  }

  /** The next frame of a kind that was pushed, parsed. */
  async next(cmd) {
    for (;;) {
      const frame = JSON.parse(await this.frames.next());
      if (frame.cmd === cmd) return frame;
    }
  }

  /** The next message. */
  async message() {
    const { seq, response } = await this.next('msg');
    return { seq, ...response.data };
  }

  /** Closes the connection, and waits until that is done. */
  async close() {
    this.socket.close(1000);
    await this.closed;
  }
}
