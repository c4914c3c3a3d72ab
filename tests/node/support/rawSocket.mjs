import WebSocket from 'ws';
import { EventQueue } from './eventQueue.mjs';
import { within } from './within.mjs';

const separator = '\x1e';

/** The server answered the upgrade with something else than a WebSocket. */
export class UpgradeRefused extends Error {
  constructor(status, headers, body) {
    super(`The upgrade was refused with status ${status}: ${body}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** A WebSocket to the hub without a SignalR client, for what no client would send. */
export class RawSocket {
  /** The hub's frames, parsed, without its pings. */
  frames = new EventQueue('the socket');

  /** Resolves with the WebSocket's close code. */
  closed;

  constructor(socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', (code) => resolve(code)));
    socket.on('error', () => {}); // A broken connection is told by 'close' too.
    socket.on('message', (data) => this.#read(data.toString()));
  }

  /**
   * Opens a socket; ends with the test `t`.
   * @param {{ token?: string, query?: Record<string, string>, headers?: object }} options
   */
  static async open(t, server, { token, query = {}, headers } = {}) {
    const address = new URL(server.url('/rtm', 'ws'));
    for (const [name, value] of Object.entries(token === undefined ? query : { access_token: token, ...query }))
      address.searchParams.set(name, value);
    const socket = new WebSocket(address, { headers, perMessageDeflate: false });
    t.after(() => socket.terminate());
    const raw = new RawSocket(socket);
    const opened = new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
      socket.once('unexpected-response', async (_, response) => {
        let body = '';
        for await (const part of response.setEncoding('utf8')) body += part;
        reject(new UpgradeRefused(response.statusCode, response.headers, body));
      });
    });
    await within(opened, 'The opening of the socket');
    return raw;
  }

  /** Opens a socket and logs in over it. */
  static async connect(t, server, user, options = {}) {
    const raw = await RawSocket.open(t, server, { token: await server.token(user), ...options });
    raw.send({ protocol: 'json', version: 1 });
    await raw.frames.next(); // The answer to the handshake.
    await raw.frames.next(); // The event that tells that it is connected.
    return raw;
  }

  /** Sends one frame of the hub. */
  send(frame) {
    this.socket.send(JSON.stringify(frame) + separator);
  }

  /** Calls a method; its completion frame. */
  async invoke(method, ...args) {
    this.send({ type: 1, invocationId: method, target: method, arguments: args });
    return this.frames.nextThat((frame) => frame.type === 3 && frame.invocationId === method);
  }

  #read(text) {
    for (const frame of text.split(separator)) {
      const parsed = frame && JSON.parse(frame);
      if (parsed && parsed.type !== 6) this.frames.add(parsed);
    }
  }
}
