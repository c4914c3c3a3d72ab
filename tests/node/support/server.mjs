import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { within } from './within.mjs';

const serverDll = process.env.IMORLEANS_SERVER_DLL
  ?? fileURLToPath(new URL('../../../artifacts/Local/bin/Silo/debug/ImOrleans.Silo.dll', import.meta.url));

/** A server that ended when it should have listened. */
export class ServerEnded extends Error {
  constructor(exitCode, output) {
    super(`The server ended with ${exitCode}:\n${output}`);
    this.exitCode = exitCode;
    this.output = output;
  }
}

/** A real server: its own process, on a port of the loopback. */
export class Server {
  #process;
  #output = '';
  #ownsData;

  /**
   * Starts a server and waits until it listens.
   * @param {{ settings?: object, dataDirectory?: string, port?: number, environment?: string }} options
   *   `settings` by their full names, such as `'RateLimits:CallsPerSecond': 0`; without a data directory it gets a new
   *   one, and without a port a free one.
   */
  static async start({ settings = {}, dataDirectory, port = 0, environment = 'Development' } = {}) {
    if (!existsSync(serverDll))
      throw new Error(`There is no server at ${serverDll}: build it, or name another with IMORLEANS_SERVER_DLL.`);
    const server = new Server();
    server.#ownsData = dataDirectory === undefined;
    server.dataDirectory = dataDirectory ?? await mkdtemp(join(tmpdir(), 'imorleans-'));
    await server.#run({ settings, port, environment });
    return server;
  }

  /** Where it listens, such as http://127.0.0.1:40001. */
  address;
  dataDirectory;

  /** Resolves with the exit code, or with the signal's name, when the process has ended. */
  exited;

  get output() {
    return this.#output;
  }

  get port() {
    return Number(new URL(this.address).port);
  }

  url(path, scheme = 'http') {
    const url = new URL(path, this.address);
    url.protocol = scheme;
    return url.href;
  }

  /** A login token from the server's own endpoint for development. */
  async token(user, seconds = 3600) {
    const body = new URLSearchParams({ uid: user, ttl: seconds });
    const response = await fetch(this.url('/tk'), { method: 'POST', body });
    const { data } = await response.json();
    if (!data) throw new Error(`The server gives no token for ${user}.`);
    return data;
  }

  /** The secret that a server in development has made for itself. */
  async secret() {
    return JSON.parse(await readFile(join(this.dataDirectory, 'app.json'), 'utf8')).secret;
  }

  /** Asks the process to stop, and waits until it has; gives its exit code. */
  async stop() {
    this.#process.kill('SIGTERM');
    return within(this.exited, 'The end of the server');
  }

  /** Ends the process, whatever it is doing; its data stay. */
  async kill() {
    this.#process.kill('SIGKILL');
    await this.exited;
  }

  /** Ends the process, whatever it is doing, and removes the data that was made for it. */
  async dispose() {
    this.#process.kill('SIGKILL');
    await this.exited;
    if (this.#ownsData) await rm(this.dataDirectory, { recursive: true, force: true });
  }

  async #run({ settings, port, environment }) {
    const options = Object.entries({
      urls: `http://127.0.0.1:${port}`, 'Storage:DataDirectory': this.dataDirectory, ...settings,
    }).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    this.#process = spawn('dotnet', [serverDll, ...options], {
      cwd: dirname(serverDll),
      env: { ...process.env, ASPNETCORE_ENVIRONMENT: environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // A test run that is ended does not leave servers behind.
    const kill = () => this.#process.kill('SIGKILL');
    process.once('exit', kill);
    this.exited = new Promise((resolve) => this.#process.once('close', (code, signal) => {
      process.off('exit', kill);
      resolve(code ?? signal);
    }));
    const listening = new Promise((resolve) => {
      const read = (text) => {
        this.#output += text;
        const line = /ImOrleans listens on (http:\/\/\S+?),/.exec(this.#output);
        if (line) resolve(line[1]);
      };
      for (const stream of [this.#process.stdout, this.#process.stderr]) stream.setEncoding('utf8').on('data', read);
    });
    const ended = this.exited.then((code) => { throw new ServerEnded(code, this.#output); });
    ended.catch(() => {});
    try {
      this.address = await within(Promise.race([listening, ended]), 'The start of the server', 60_000);
    } catch (failure) {
      await this.dispose();
      throw failure;
    }
  }
}
