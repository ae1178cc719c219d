// Keeps the parts of a page: by a stream of the server, or by asking again and again where streams do not work.
import { setClock } from './format.js';

const shortestPaint = 100;
const pollInterval = 3000;
const longestSilence = 40_000;
const longestFirst = 8000;
const failuresBeforePolling = 3;
const hiddenBeforePause = 15_000;

/** @typedef {'connecting' | 'live' | 'lost' | 'polling' | 'paused' | 'gone'} FeedState */

export class Feed {
  /** @type {Map<string, any>} */
  parts = new Map();
  /** @type {EventSource | null} */
  #stream = null;
  /** @type {FeedState} */
  state = 'connecting';
  #failures = 0;
  #timer = 0;
  #watchdog = 0;
  #paintAt = 0;
  #paintWaits = false;

  /**
   * @param {string} source
   * @param {() => void} paint shows the parts
   * @param {(state: FeedState) => void} show shows the state of the connection
   */
  constructor(source, paint, show) {
    this.source = source;
    this.paint = paint;
    this.show = show;
    let pause = 0;
    // Browsers allow few connections to a server, and nobody looks at a hidden page.
    document.addEventListener('visibilitychange', () => {
      clearTimeout(pause);
      if (document.hidden) pause = window.setTimeout(() => this.#pause(), hiddenBeforePause);
      else if (this.state === 'paused') this.start();
    });
    this.start();
  }

  start() {
    clearTimeout(this.#timer);
    if (this.#failures >= failuresBeforePolling) void this.#poll();
    else this.#connect();
  }

  /**
   * Returns the parts whose keys begin with a word and a slash.
   * @param {string} kind
   * @returns {any[]}
   */
  all(kind) {
    const found = [];
    for (const [key, part] of this.parts) {
      if (key.startsWith(kind) && key[kind.length] === '/') found.push(part);
    }
    return found;
  }

  /** @param {string} key */
  one(key) {
    return this.parts.get(key);
  }

  #connect() {
    const stream = new EventSource(this.source);
    this.#stream = stream;
    this.#watch(longestFirst);
    /** @param {string} name @param {(message: any) => void} handle */
    const on = (name, handle) =>
      stream.addEventListener(name, event => {
        const message = JSON.parse(/** @type {MessageEvent} */ (event).data);
        if (message.now) setClock(message.now);
        this.#failures = 0;
        this.#watch(longestSilence);
        this.#become('live');
        handle(message);
      });
    on('state', message => this.#replace(message.parts));
    on('change', message => {
      for (const [key, part] of Object.entries(message.set)) this.parts.set(key, part);
      for (const key of message.remove) this.parts.delete(key);
      this.#paintSoon();
    });
    on('ping', () => {});
    on('gone', () => {
      this.#become('gone');
      this.#close();
    });
    stream.addEventListener('error', () => this.#fail());
  }

  #fail() {
    this.#close();
    this.#failures++;
    this.#become('lost');
    // Twice as long each time, with some chance, so that many pages do not come back at the same moment.
    const wait = Math.min(15_000, 500 * 2 ** Math.min(this.#failures, 5)) * (0.75 + Math.random() / 2);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.start(), this.#failures >= failuresBeforePolling ? 0 : wait);
  }

  async #poll() {
    try {
      const response = await fetch(this.source, { headers: { accept: 'application/json' }, cache: 'no-store' });
      if (response.status === 404) {
        this.#become('gone');
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      const message = await response.json();
      setClock(message.now);
      this.#become('polling');
      this.#replace(message.parts);
      // From time to time, the stream gets another chance.
      if (++this.#failures > failuresBeforePolling + 20) this.#failures = failuresBeforePolling - 1;
      this.#timer = window.setTimeout(() => this.start(), pollInterval);
    } catch {
      this.#become('lost');
      this.#failures = failuresBeforePolling - 1;
      this.#timer = window.setTimeout(() => this.start(), pollInterval * (0.75 + Math.random() / 2));
    }
  }

  /** @param {Record<string, any>} parts */
  #replace(parts) {
    const before = this.parts;
    this.parts = new Map();
    for (const [key, part] of Object.entries(parts)) {
      // An equal part stays the same object, so its elements stay.
      const old = before.get(key);
      this.parts.set(key, old && JSON.stringify(old) === JSON.stringify(part) ? old : part);
    }
    this.#paintSoon();
  }

  /** @param {number} silence */
  #watch(silence) {
    clearTimeout(this.#watchdog);
    this.#watchdog = window.setTimeout(() => this.#fail(), silence);
  }

  #close() {
    clearTimeout(this.#watchdog);
    this.#stream?.close();
    this.#stream = null;
  }

  #pause() {
    this.#close();
    clearTimeout(this.#timer);
    if (this.state !== 'gone') this.#become('paused');
  }

  /** @param {FeedState} state */
  #become(state) {
    if (state === this.state && state !== 'connecting') return;
    this.state = state;
    this.show(state);
  }

  // However many changes arrive, the page is painted at most ten times a second.
  #paintSoon() {
    if (this.#paintWaits) return;
    this.#paintWaits = true;
    window.setTimeout(() => {
      this.#paintWaits = false;
      this.#paintAt = performance.now();
      this.paint();
    }, Math.max(0, this.#paintAt + shortestPaint - performance.now()));
  }
}
