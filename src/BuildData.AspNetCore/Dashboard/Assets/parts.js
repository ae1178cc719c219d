// What several pages show: links, tables, headings and buttons.
import { h } from './dom.js';
import { badge } from './format.js';

/** @typedef {{ id: number, number: number, builderId: number, builder: string, result?: number, started: number, ended?: number, state?: string, worker?: string, cancelled?: number, cancelReason?: string, queued?: number, branch?: string, revision?: string }} Build */

const { root = './' } = document.body.dataset;
export const allowsControl = document.body.dataset.control !== undefined;

/**
 * @param {number} id
 * @param {string} name
 */
export function builderUrl(id, name) {
  // Digits would be an id. Browsers and servers change or refuse the other names in an address.
  return `${root}builders/${/^(\d+|\.{1,2}|)$|[\0-\x1f\x7f]/.test(name) ? id : encodeURIComponent(name)}`;
}

/** @param {{ builderId: number, builder: string, number: number }} build */
export const buildUrl = build => `${builderUrl(build.builderId, build.builder)}/builds/${build.number}`;

/** @param {{ builderId: number, builder: string }} part */
export const builderLink = part => h('a', { href: builderUrl(part.builderId, part.builder) }, part.builder || '(no name)');

/** @param {{ builderId: number, builder: string, number: number }} build */
export const buildLink = build => h('a', { href: buildUrl(build), class: 'number' }, `#${build.number}`);

/** @param {{ builderId: number, builder: string, number: number }} build */
export const fullLink = build => h('span', { class: 'nowrap' }, builderLink(build), ' ', buildLink(build));

/** @param {{ branch?: string, revision?: string }} part */
export const source = part =>
  h('span', { class: 'source' }, part.branch && h('span', { class: 'branch' }, part.branch), part.branch && part.revision && ' ', part.revision && h('code', { title: part.revision }, part.revision.slice(0, 10)), !part.branch && !part.revision && '–');

/**
 * Shows the state of a build, if it says more than the result.
 * @param {{ state?: string, result?: number, cancelled?: number, cancelReason?: string, ended?: number }} part
 */
export const state = part =>
  part.cancelled !== undefined && part.ended === undefined ? h('span', { class: 'late' }, `stopping: ${part.cancelReason || 'cancelled'}`) : h('span', null, part.state ?? '');

/**
 * Creates a section with a table.
 * @param {string} id
 * @param {string} title
 * @param {[string, string?][]} columns names and classes
 */
export function table(id, title, columns) {
  const body = h('tbody');
  const count = h('span', { class: 'count' });
  const empty = h('p', { class: 'empty' });
  const frame = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-labelledby': `${id}-title` },
    h('table', null, h('thead', null, h('tr', null, columns.map(([name, style]) => h('th', { scope: 'col', class: style }, name || h('span', { class: 'hidden' }, 'Actions'))))), body));
  const section = h('section', { id }, h('h2', { id: `${id}-title` }, title, count), frame, empty);
  return {
    section,
    body,
    /**
     * @param {number} rows
     * @param {string} none what is shown if there are no rows
     * @param {string} [number] shown instead of the number of rows
     */
    show(rows, none, number) {
      count.textContent = rows === 0 ? '' : number ?? String(rows);
      frame.hidden = rows === 0;
      empty.textContent = rows === 0 ? none : '';
    },
  };
}

/**
 * Creates a row.
 * @param {import('./dom.js').Attributes | null} attributes
 * @param {...[import('./dom.js').Child, string?]} cells contents and classes
 */
export const row = (attributes, ...cells) => h('tr', attributes, cells.map(([content, style], i) => h(i === 0 ? 'th' : 'td', { class: style, scope: i === 0 ? 'row' : null, title: style === 'text' ? textOf(content) : null }, content)));

/** @param {import('./dom.js').Child} content */
const textOf = content => (content instanceof Node ? content.textContent : String(content || ''));

/**
 * @param {string} action
 * @param {number} id
 * @param {string} text
 * @param {string} what
 */
export const button = (action, id, text, what) => (allowsControl ? h('button', { type: 'button', class: 'action', 'data-action': action, 'data-id': id, 'aria-label': `${text} ${what}` }, text) : null);

/** @param {Build} build */
export const resultCell = build => badge(build);
