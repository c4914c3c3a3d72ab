import { createHash, randomUUID } from 'node:crypto';

/** What an app server signs a call with. */
export function signed(app, { nonce = randomUUID(), timestamp = Date.now() } = {}) {
  const signature = createHash('sha1').update(`${app.secret}${nonce}${timestamp}`).digest('hex');
  return { 'App-Key': app.key, Nonce: nonce, Timestamp: String(timestamp), Signature: signature };
}

/** An app server, which signs each call anew. */
export class AppServer {
  #server;
  #app;

  constructor(server, app) {
    this.#server = server;
    this.#app = app;
  }

  /** Sends JSON; the status and what is answered. */
  async post(path, body, headers = signed(this.#app)) {
    return this.#call(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Asks; the status and what is answered. */
  async get(path, query, headers = signed(this.#app)) {
    return this.#call(`${path}?${new URLSearchParams(query)}`, { headers });
  }

  async #call(path, init) {
    const response = await fetch(this.#server.url(path), init);
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      retryAfter: response.headers.get('retry-after'),
      body: text === '' ? undefined : JSON.parse(text),
    };
  }
}
