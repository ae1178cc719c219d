// Starts the page.
import { builderPage } from './builder.js';
import { buildPage } from './build.js';
import { listen } from './control.js';
import { fill, h } from './dom.js';
import { Feed } from './feed.js';
import { tickAll } from './format.js';
import { homePage } from './home.js';
import { queuePage } from './queue.js';

/** @type {Record<string, (main: HTMLElement, feed: () => Feed) => () => void>} */
const pages = { home: homePage, builder: builderPage, build: buildPage, queue: queuePage };
const states = {
  connecting: 'Connecting …',
  live: 'Live',
  lost: 'Connection lost. Trying again …',
  polling: 'Updated every 3 s',
  paused: 'Paused',
  gone: 'This does not exist any more',
};

const { page = '', root = './', source } = document.body.dataset;
const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const connection = /** @type {HTMLElement} */ (document.getElementById('connection'));

startTheme();
if (pages[page] && source) {
  /** @type {(() => void) | null} */
  let paint = null;
  const show = (/** @type {keyof typeof states} */ state) => {
    connection.className = state;
    fill(connection, states[state]);
    main.classList.toggle('stale', state === 'lost' || state === 'gone');
  };
  const feed = new Feed(source, () => {
    if (!paint) {
      main.replaceChildren();
      paint = pages[page](main, () => feed);
    }
    paint();
  }, show);
  show('connecting');
  window.setInterval(() => {
    if (!document.hidden) tickAll();
  }, 1000);
  const toast = h('div', { id: 'toast', role: 'status' });
  document.body.append(toast);
  let hide = 0;
  listen(root, text => {
    toast.textContent = text;
    clearTimeout(hide);
    hide = window.setTimeout(() => (toast.textContent = ''), 6000);
  });
}

function startTheme() {
  const names = ['auto', 'light', 'dark'];
  const theme = /** @type {HTMLElement} */ (document.getElementById('theme'));
  const show = () => {
    const name = document.documentElement.dataset.theme ?? 'auto';
    theme.textContent = { auto: '◐', light: '☼', dark: '☾' }[name] ?? '◐';
    theme.title = `Theme: ${name}`;
    theme.setAttribute('aria-label', `Theme: ${name}. Change the theme`);
  };
  theme.addEventListener('click', () => {
    const next = names[(names.indexOf(document.documentElement.dataset.theme ?? 'auto') + 1) % names.length];
    if (next === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem('builddata-theme', next);
    } catch {
      // The choice then holds for this page only.
    }
    show();
  });
  show();
}
