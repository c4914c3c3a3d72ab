import { connect, createServer } from 'node:net';
import { once } from 'node:events';

/** A way to a server whose connections a test can cut, as a network does: without a word. */
export class Cuttable {
  #listener;
  #sockets = new Set();

  /** Listens on a free port, and passes everything on to the server. */
  static async before(server) {
    const cuttable = new Cuttable();
    cuttable.#listener = createServer((near) => {
      const far = connect(server.port, '127.0.0.1');
      for (const [from, to] of [[near, far], [far, near]]) {
        cuttable.#sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          cuttable.#sockets.delete(from);
          to.destroy();
        });
      }
    });
    cuttable.#listener.listen(0, '127.0.0.1');
    await once(cuttable.#listener, 'listening');
    return cuttable;
  }

  /** Where to connect, such as http://127.0.0.1:40001. */
  get address() {
    return `http://127.0.0.1:${this.#listener.address().port}`;
  }

  /** Cuts all connections; later ones pass. */
  cut() {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  dispose() {
    this.#listener.close();
    this.cut();
  }
}
