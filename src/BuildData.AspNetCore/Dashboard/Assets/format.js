// Writes durations, times and results for people.
import { h } from './dom.js';

/** @typedef {{ name: string, sign: string, style: string }} Result */

/** @type {Result[]} */
export const results = [
  { name: 'Success', sign: '✓', style: 'success' },
  { name: 'Warnings', sign: '!', style: 'warnings' },
  { name: 'Failure', sign: '✗', style: 'failure' },
  { name: 'Skipped', sign: '»', style: 'skipped' },
  { name: 'Exception', sign: '✱', style: 'exception' },
  { name: 'Retry', sign: '↻', style: 'retry' },
  { name: 'Cancelled', sign: '–', style: 'cancelled' },
];
const running = { name: 'Running', sign: '▸', style: 'running' };
const pending = { name: 'Pending', sign: '·', style: 'skipped' };

/** The server's clock minus this machine's clock, in milliseconds. */
let offset = 0;

/** @param {number} now the server's time */
export function setClock(now) {
  offset = now - Date.now();
}

export const now = () => Date.now() + offset;

/**
 * @param {{ result?: number, started?: number }} part
 * @returns {Result}
 */
export const resultOf = part => (part.result === undefined ? (part.started === undefined ? pending : running) : results[part.result] ?? pending);

/** @param {{ result?: number, started?: number }} part */
export function badge(part) {
  const result = resultOf(part);
  return h('span', { class: `result ${result.style}` }, h('span', { class: 'sign', 'aria-hidden': 'true' }, result.sign), result.name);
}

/**
 * @param {number | undefined} ms
 * @returns {string} such as "2 m 14 s"
 */
export function duration(ms) {
  if (ms === undefined) return '–';
  if (ms < 950) return `${(Math.max(ms, 0) / 1000).toFixed(1)} s`;
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s} s`;
  const m = Math.floor(s / 60);
  if (m < 60) return s % 60 ? `${m} m ${s % 60} s` : `${m} m`;
  const hours = Math.floor(m / 60);
  if (hours < 24) return m % 60 ? `${hours} h ${m % 60} m` : `${hours} h`;
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${Math.floor(hours / 24)} d`;
}

/** @param {number} ms since then */
function ago(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 2) return 'just now';
  if (s < 60) return `${s} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86_400)} d ago`;
}

/** @param {number} time */
export const exact = time => new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

// Texts that depend on the time have their values as attributes, so that one timer can write them all.

/** @param {number | undefined} time */
export const when = time => (time === undefined ? h('span', null, '–') : tick(h('time', { datetime: new Date(time).toISOString(), title: exact(time), 'data-ago': time })));

/** @param {number | undefined} time */
export const since = time => (time === undefined ? h('span', null, '–') : tick(h('time', { datetime: new Date(time).toISOString(), title: exact(time), 'data-since': time })));

/**
 * @param {number} started
 * @param {number | undefined} median
 */
export const left = (started, median) => (median === undefined ? h('span', { class: 'muted', title: 'No build has succeeded yet' }, '–') : tick(h('span', { 'data-left': started, 'data-median': median })));

/**
 * @param {number} started
 * @param {number | undefined} median
 */
export const progress = (started, median) => (median === undefined ? null : tick(h('progress', { 'data-progress': started, 'data-median': median, max: 100, 'aria-label': 'Elapsed part of the usual time' })));

/** @param {HTMLElement} element */
function tick(element) {
  const { ago: at, since: from, left: start, median, progress: begun } = element.dataset;
  if (at) write(element, ago(now() - Number(at)));
  else if (from) write(element, duration(now() - Number(from)));
  else if (start) {
    const ms = Number(start) + Number(median) - now();
    write(element, ms >= 0 ? `${duration(ms)} left` : `${duration(-ms)} over`);
    element.classList.toggle('late', ms < 0);
  } else if (begun) {
    const value = Math.min(100, Math.round((100 * (now() - Number(begun))) / Math.max(1, Number(median))));
    if (element.getAttribute('value') !== String(value)) element.setAttribute('value', String(value));
  }
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Writes all texts that depend on the time. */
export function tickAll() {
  for (const element of document.querySelectorAll('[data-ago],[data-since],[data-left],[data-progress]')) tick(/** @type {HTMLElement} */ (element));
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0 ? undefined : sorted[(sorted.length - 1) >> 1];
}
