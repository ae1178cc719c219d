// Bars of the last builds: durations above the line, times in the queue below it.
import { h } from './dom.js';
import { duration, exact, now, resultOf } from './format.js';
import { buildUrl } from './parts.js';

const width = 1000;
const barArea = 120;
const queueArea = 28;
const signArea = 14;
const labelArea = 64;

/**
 * @param {import('./parts.js').Build[]} builds newest first
 * @param {number | undefined} usual the median duration
 */
export function trend(builds, usual) {
  const shown = [...builds].reverse();
  const lengths = shown.map(build => Math.max(0, (build.ended ?? now()) - build.started));
  const longest = scale(lengths, usual);
  const longestQueue = Math.max(1, ...shown.map(build => build.queued ?? 0));
  const slot = (width - labelArea) / Math.max(30, shown.length);
  const bar = Math.max(2, slot - Math.min(3, slot / 4));
  const height = barArea + signArea + queueArea + 4;

  const bars = shown.map((build, i) => {
    const x = i * slot;
    const cut = lengths[i] > longest;
    const tall = Math.max(2, (Math.min(lengths[i], longest) / longest) * (barArea - 8));
    const result = resultOf(build);
    const wait = ((build.queued ?? 0) / longestQueue) * (queueArea - 4);
    return h('g', { class: result.style, 'data-href': buildUrl(build) },
      h('title', null, `#${build.number}: ${result.name}\n${duration(lengths[i])}${build.ended === undefined ? ' so far' : ''}, ${duration(build.queued)} in the queue\n${exact(build.started)}`),
      h('rect', { class: 'hit', x, y: 0, width: slot, height }),
      h('rect', { class: `fill${build.ended === undefined ? ' open' : ''}`, x, y: barArea - tall, width: bar, height: tall, rx: Math.min(2, bar / 3) }),
      cut && h('path', { class: 'cut', d: `M${x - 1} ${barArea - tall + 7}l${bar + 2} -5` }),
      h('text', { class: 'sign', x: x + bar / 2, y: barArea + 11 }, result.sign === '✓' ? '' : result.sign),
      wait > 0.5 && h('rect', { class: 'queue', x, y: barArea + signArea, width: bar, height: wait }));
  });

  const line = usual === undefined ? [] : [
    h('line', { class: 'median', x1: 0, x2: width - labelArea + 4, y1: y(usual), y2: y(usual) }),
    h('text', { class: 'label', x: width - labelArea + 8, y: y(usual) + 4 }, duration(usual)),
  ];
  const failures = shown.filter(build => build.result === 2 || build.result === 4).length;
  const chart = h('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `The last ${shown.length} builds, ${failures} of which failed. The median duration is ${duration(usual)}. The table below has all figures.` },
    bars, h('line', { class: 'axis', x1: 0, x2: width - labelArea, y1: barArea, y2: barArea }), line,
    h('text', { class: 'label', x: width - labelArea + 8, y: barArea + signArea + 12 }, 'queue'));
  return h('div', null, chart, h('p', { class: 'legend' }, 'Bars: duration of each build, the oldest first. Dashed: median of the successes. Below: time in the queue. ', 'Signs: ✗ failure, ✱ exception, ! warnings, – cancelled, ↻ retry, ▸ running.'));

  /** @param {number} length */
  function y(length) {
    return barArea - (Math.min(length, longest) / longest) * (barArea - 8);
  }
}

/**
 * Returns the duration of the highest bar. One build that hung must not flatten all others.
 * @param {number[]} lengths
 * @param {number | undefined} usual
 */
function scale(lengths, usual) {
  const longest = Math.max(1, ...lengths);
  return usual ? Math.min(longest, 4 * usual) : longest;
}

document.addEventListener('click', event => {
  const href = event.target instanceof Element ? event.target.closest('g[data-href]')?.getAttribute('data-href') : null;
  if (href) location.href = href;
});
