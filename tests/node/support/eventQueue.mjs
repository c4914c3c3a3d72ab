import { within } from './within.mjs';

/** What came, in order, until a test takes it. */
export class EventQueue {
  #name;
  #events = [];
  #waiting = [];

  constructor(name) {
    this.#name = name;
  }

  /** How many have come and were not taken. */
  get count() {
    return this.#events.length;
  }

  add(event) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(event);
    else this.#events.push(event);
  }

  /** Takes the next event, waiting for it. */
  async next() {
    if (this.#events.length > 0) return this.#events.shift();
    return within(new Promise((resolve) => this.#waiting.push(resolve)), `An event of ${this.#name}`);
  }

  /** Takes so many events. */
  async take(count) {
    const taken = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  /** Takes events up to the first that fits; gives that one. */
  async nextThat(fits) {
    for (;;) {
      const event = await this.next();
      if (fits(event)) return event;
    }
  }
}
