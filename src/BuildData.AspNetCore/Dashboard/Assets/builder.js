// A builder: the trend of its last builds, their list, its slowest steps and its waiting requests.
import { fill, h, list } from './dom.js';
import { duration, median, since, when } from './format.js';
import { buildLink, button, resultCell, row, source, state, table } from './parts.js';
import { trend } from './trend.js';

const succeeded = new Set([0, 1]);
const notCounted = new Set([3, 5, 6]);

/** @param {HTMLElement} main @param {() => import('./feed.js').Feed} feed */
export function builderPage(main, feed) {
  const heading = h('h1');
  const description = h('p', { class: 'description' });
  const cards = h('dl', { class: 'cards' });
  const chart = h('section', { id: 'trend' }, h('h2', null, 'Trend'), h('div', { class: 'chart' }));
  const builds = table('builds', 'Builds', [['Build'], ['Result'], ['State'], ['Started', 'num'], ['Duration', 'num'], ['Queue', 'num'], ['Source'], ['Worker'], ['Reason']]);
  const older = h('p', { class: 'pages' });
  const steps = table('steps', 'Slowest steps', [['Step'], ['Newest', 'num'], ['Median', 'num'], ['Change', 'num'], ['Failed', 'num']]);
  const waiting = table('waiting', 'Waiting', [['Request'], ['Priority', 'num'], ['Waits', 'num'], ['Source'], ['', 'acts']]);
  main.append(heading, description, cards, chart, h('div', { class: 'columns' }, h('div', { class: 'main' }, builds.section, older), h('div', { class: 'side' }, steps.section, waiting.section)));

  return () => {
    const all = feed();
    const builder = all.one('builder');
    if (!builder) return;
    fill(heading, builder.name || '(no name)', ...builder.tags.map((/** @type {string} */ tag) => h('span', { class: 'tag' }, tag)));
    fill(description, builder.description ?? '');

    /** @type {import('./parts.js').Build[]} */
    const found = all.all('build').sort((a, b) => b.number - a.number);
    const ended = found.filter(build => build.ended !== undefined);
    const counted = ended.filter(build => !notCounted.has(build.result ?? 0));
    const good = counted.filter(build => succeeded.has(build.result ?? -1));
    const usual = median(good.map(build => (build.ended ?? 0) - build.started));
    const queue = median(found.flatMap(build => (build.queued === undefined ? [] : [build.queued])));
    /** @param {string} name @param {import('./dom.js').Child} value @param {string} [more] */
    const card = (name, value, more) => h('div', null, h('dt', null, name), h('dd', null, value, more && h('small', null, more)));
    const last = found[0];
    fill(cards,
      card('Last build', last ? h('span', null, buildLink({ ...last, builder: builder.name }), ' ', resultCell(last)) : '–'),
      card('Success rate', counted.length ? `${Math.round((100 * good.length) / counted.length)} %` : '–', counted.length ? ` of ${counted.length} builds` : ''),
      card('Median duration', duration(usual)),
      card('Median queue time', duration(queue)));

    fill(/** @type {Element} */ (chart.querySelector('.chart')), trend(found, usual));
    chart.hidden = found.length === 0;

    list(builds.body, found, build => String(build.id), build => row(null,
      [buildLink(build)], [resultCell(build)], [state(build), 'text'], [when(build.started), 'num'],
      [build.ended === undefined ? since(build.started) : duration(build.ended - build.started), 'num'],
      [duration(build.queued), 'num'], [source(build)], [build.worker ?? '–'], [/** @type {any} */ (build).reason ?? '', 'text']));
    builds.show(found.length, 'This builder has no builds.');
    const more = all.one('more/builds');
    fill(older, new URLSearchParams(location.search).has('before') && h('a', { href: location.pathname }, 'Newest builds'), ' ', more && h('a', { href: `?before=${more.before}`, rel: 'next' }, 'Older builds'));

    const slow = all.all('step').sort((a, b) => b.newest - a.newest || a.name.localeCompare(b.name));
    list(steps.body, slow, step => step.name, step => {
      const factor = step.median > 0 ? step.newest / step.median : 1;
      const text = Math.abs(factor - 1) < 0.05 ? '≈' : `${factor > 1 ? '+' : '−'}${Math.round(100 * Math.abs(factor - 1))} %`;
      return row(null, [step.name], [duration(step.newest), 'num'], [h('span', { title: `95 % took at most ${duration(step.p95)}` }, duration(step.median)), 'num'],
        [h('span', { class: factor >= 1.25 ? 'bad' : factor <= 0.8 ? 'good' : 'muted', title: 'The newest against the median' }, text), 'num'], [step.failures === 0 ? '–' : `${step.failures} of ${step.steps}`, 'num']);
    });
    steps.show(slow.length, 'No step has ended yet.');

    const waits = all.all('waiting').sort((a, b) => b.priority - a.priority || a.since - b.since);
    list(waiting.body, waits, request => String(request.id), request => row(null,
      [h('span', { title: request.reason }, request.id)], [request.priority, 'num'], [since(request.since), 'num'], [source(request)], [button('cancel', request.id, 'Cancel', `request ${request.id}`), 'acts']));
    waiting.show(waits.length, 'No request is waiting.', waits.length + (all.one('more/waiting') ? '+' : ''));
  };
}
