// The first page: what runs, what waits, what has ended, and all builders.
import { fill, h, list } from './dom.js';
import { duration, left, progress, resultOf, since, when } from './format.js';
import { builderLink, builderUrl, buildUrl, button, fullLink, resultCell, row, source, state, table } from './parts.js';

const failed = new Set([2, 4]);
const code = `long linux = await updates.EnsureBuilder("linux");
await updates.AddBuildset(reason: "first build", builderIds: [linux]);
StartedBuild? build = await updates.StartNext(workerId: null, [linux]);`;

/** @param {HTMLElement} main @param {() => import('./feed.js').Feed} feed */
export function homePage(main, feed) {
  const running = table('running', 'Running', [['Build'], ['Step'], ['Elapsed', 'num'], ['Left', 'num'], ['Progress', 'wide'], ['Source'], ['Worker'], ['', 'acts']]);
  const waiting = table('waiting', 'Waiting', [['Builder'], ['Requests', 'num'], ['Oldest', 'num'], ['Priority', 'num']]);
  const recent = table('recent', 'Recently finished', [['Build'], ['Result'], ['State'], ['Duration', 'num'], ['Ended', 'num'], ['Source'], ['Worker']]);
  const builders = h('section', { id: 'builders' }, h('h2', null, 'Builders', h('span', { class: 'count' })), h('ul', { class: 'builders' }), h('p', { class: 'empty' }));
  const summary = h('p', { class: 'summary' });
  const empty = h('div', { class: 'message' }, h('h1', null, 'Nothing is recorded yet'), h('p', null, 'These three lines of C# record the first build. This page shows it at once.'), h('pre', null, h('code', null, code)));
  const content = h('div', { class: 'columns' }, h('div', { class: 'main' }, running.section, recent.section), h('div', { class: 'side' }, waiting.section, builders));
  main.append(h('h1', { class: 'hidden' }, 'Overview'), summary, content, empty);

  return () => {
    const all = feed();
    const runs = all.all('running').sort((a, b) => b.started - a.started || b.id - a.id);
    const waits = all.all('waiting').sort((a, b) => b.priority - a.priority || a.since - b.since);
    const ended = all.all('recent').sort((a, b) => Number(failed.has(b.result)) - Number(failed.has(a.result)) || b.ended - a.ended);
    const known = all.all('builder');
    const isEmpty = known.length + runs.length + ended.length === 0;
    empty.hidden = !isEmpty;
    content.hidden = summary.hidden = isEmpty;

    const count = waits.reduce((sum, wait) => sum + wait.count, 0);
    const failures = ended.filter(build => failed.has(build.result)).length;
    fill(summary, h('b', null, runs.length + (all.one('more/running') ? '+' : '')), ' running', h('b', null, count + (all.one('more/waiting') ? '+' : '')), ' waiting', h('b', { class: failures ? 'bad' : null }, failures), ' failed in a day', h('b', null, known.length + (all.one('more/builders') ? '+' : '')), ' builders');

    list(running.body, runs, build => String(build.id), build => row(null,
      [fullLink(build)],
      [h('span', null, build.step && h('b', null, build.step), build.step && ' ', build.cancelled === undefined ? h('span', { class: 'muted' }, build.stepState ?? build.state ?? '') : state(build)), 'text'],
      [since(build.started), 'num'],
      [left(build.started, build.median), 'num'],
      [progress(build.started, build.median), 'wide'],
      [source(build)],
      [build.worker ?? '–'],
      [build.cancelled === undefined && button('stop', build.id, 'Stop', `${build.builder} #${build.number}`), 'acts']));
    running.show(runs.length, 'No build is running.', all.one('more/running') && `${runs.length}+`);

    list(waiting.body, waits, wait => String(wait.builderId), wait => row(null, [builderLink(wait)], [wait.count, 'num'], [since(wait.since), 'num'], [wait.priority, 'num']));
    waiting.show(waits.length, 'No request is waiting.', String(count) + (all.one('more/waiting') ? '+' : ''));

    list(recent.body, ended, build => String(build.id), build => row({ class: failed.has(build.result) ? 'failed' : null },
      [fullLink(build)], [resultCell(build)], [state(build), 'text'], [duration(build.ended - build.started), 'num'], [when(build.ended), 'num'], [source(build)], [build.worker ?? '–']));
    recent.show(ended.length, 'No build has finished yet.');

    /** @type {HTMLElement} */ (builders.querySelector('.count')).textContent = String(known.length);
    list(/** @type {Element} */ (builders.querySelector('ul')), known, builder => String(builder.id), builder => {
      const [newest] = builder.last;
      return h('li', null,
        h('a', { href: builderUrl(builder.id, builder.name) }, builder.name || '(no name)'),
        h('span', { class: 'strip' }, [...builder.last].reverse().map(build => {
          const result = resultOf(build);
          const at = { builderId: builder.id, builder: builder.name, number: build.number };
          return build === newest
            ? h('a', { href: buildUrl(at), class: `cell ${result.style}`, title: `#${build.number}: ${result.name}` }, h('span', { class: 'hidden' }, `#${build.number} ${result.name}`), h('span', { 'aria-hidden': 'true' }, result.sign))
            : h('span', { class: `cell old ${result.style}`, title: `#${build.number}: ${result.name}`, 'aria-hidden': 'true' }, result.sign);
        })));
    });
  };
}
