// The last lines of a log, which follow while the step runs.
import { fill, h } from './dom.js';

const mostLines = 1000;
const reconnectTime = 2000;

export class LogView {
  /** @type {EventSource | null} */
  #stream = null;
  #step = 0;
  /** @type {string | null} */
  #slug = null;
  #next = 0;
  #timer = 0;

  /** @param {string} root */
  constructor(root) {
    this.root = root;
    this.title = h('h2', { id: 'log-title' }, 'Log');
    this.tabs = h('div', { class: 'tabs' });
    this.note = h('p', { class: 'empty', role: 'status' });
    this.lines = h('div', { class: 'log', tabindex: 0, role: 'log', 'aria-live': 'off', 'aria-labelledby': 'log-title' });
    this.section = h('section', { id: 'log' }, this.title, this.tabs, this.lines, this.note);
    this.tabs.addEventListener('click', event => {
      const slug = event.target instanceof HTMLElement ? event.target.dataset.slug : undefined;
      if (slug !== undefined) this.#open(this.#step, slug);
    });
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#close();
      else if (this.#step && !this.#stream) this.#open(this.#step, this.#slug);
    });
  }

  /** @param {number} step @param {string} name */
  show(step, name) {
    fill(this.title, `Log of ${name}`);
    this.#open(step, null);
  }

  /** @param {number} step @param {string | null} slug */
  #open(step, slug) {
    this.#close();
    this.#step = step;
    this.#slug = slug;
    this.lines.replaceChildren();
    this.lines.hidden = true;
    this.note.textContent = 'Loading …';
    this.#next = 0;
    const stream = new EventSource(`${this.root}data/steps/${step}/log${slug === null ? '' : `?log=${encodeURIComponent(slug)}`}`);
    this.#stream = stream;
    stream.addEventListener('logs', event => this.#showTabs(JSON.parse(event.data).logs));
    stream.addEventListener('lines', event => this.#add(JSON.parse(event.data)));
    stream.addEventListener('end', event => {
      if (this.lines.childElementCount === 0) this.note.textContent = JSON.parse(event.data).removed ? 'The lines of this log were removed.' : this.tabs.childElementCount ? 'The log is empty.' : 'This step has no log.';
      stream.close();
    });
    stream.addEventListener('error', () => {
      this.#close();
      this.#timer = window.setTimeout(() => this.#open(this.#step, this.#slug), reconnectTime);
    });
  }

  #close() {
    clearTimeout(this.#timer);
    this.#stream?.close();
    this.#stream = null;
  }

  /** @param {{ id: number, name: string, slug: string, removed?: boolean }[]} logs */
  #showTabs(logs) {
    if (logs.length === 0) this.note.textContent = 'This step has no log yet.';
    const current = this.#slug ?? logs[0]?.slug;
    const log = logs.find(log => log.slug === current);
    fill(this.tabs,
      ...(logs.length > 1 ? logs.map(log => h('button', { type: 'button', 'data-slug': log.slug, 'aria-pressed': String(log.slug === current) }, log.name)) : []),
      log && !log.removed && h('a', { href: `${this.root}data/logs/${log.id}/raw` }, 'Whole log'));
  }

  /** @param {{ first: number, lines: string[] }} message */
  #add({ first, lines }) {
    const view = this.lines;
    const follows = view.hidden || view.scrollHeight - view.scrollTop - view.clientHeight < 30;
    if (lines.length > 0) {
      view.hidden = false;
      this.note.textContent = '';
    }
    if (first > this.#next) view.append(h('div', { class: 'skipped' }, `… ${first - this.#next} lines …`));
    const added = document.createDocumentFragment();
    lines.forEach((line, i) => added.append(h('div', { class: `line ${{ e: 'error', h: 'header' }[line[0]] ?? ''}`, 'data-line': first + i + 1 }, line.slice(1) || ' ')));
    view.append(added);
    while (view.childElementCount > mostLines) view.firstElementChild?.remove();
    this.#next = first + lines.length;
    if (follows) view.scrollTop = view.scrollHeight;
  }
}
