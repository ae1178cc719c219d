// A build: its steps on a time line or in a table, its log, its sources, its properties and its relatives.
import { fill, h, list, place } from './dom.js';
import { badge, duration, exact, left, now, progress, resultOf, since, when } from './format.js';
import { TimeScale } from './gantt.js';
import { LogView } from './log.js';
import { buildUrl, builderLink, button, fullLink, resultCell, row, state, table } from './parts.js';

const failed = new Set([2, 4]);
const shortestWait = 100;
const { root = './' } = document.body.dataset;

/** @param {HTMLElement} main @param {() => import('./feed.js').Feed} feed */
export function buildPage(main, feed) {
  const heading = h('h1');
  const beside = h('nav', { class: 'beside', 'aria-label': 'Builds of the builder' });
  const facts = h('dl', { class: 'facts' });
  const bar = h('div', { class: 'bar-line' });
  const chartButton = h('button', { type: 'button', 'aria-pressed': 'true' }, 'Time line');
  const tableButton = h('button', { type: 'button', 'aria-pressed': 'false' }, 'Table');
  const axis = h('div', { class: 'axis', 'aria-hidden': 'true' });
  const lanes = h('tbody');
  const chart = h('table', { class: 'gantt' }, h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Step'), h('th', { scope: 'col' }, h('span', { class: 'hidden' }, 'Time line'), axis), h('th', { scope: 'col', class: 'num' }, 'Duration'), h('th', { scope: 'col' }, 'State'))), lanes);
  const plain = table('plain', 'Table of steps', [['Step'], ['Result'], ['Started', 'num'], ['Lock wait', 'num'], ['Duration', 'num'], ['Median', 'num'], ['State'], ['Links']]);
  const none = h('p', { class: 'empty' });
  const steps = h('section', { id: 'steps' }, h('h2', null, 'Steps', h('span', { class: 'count' }), h('span', { class: 'switch' }, chartButton, tableButton)), chart, plain.section, none);
  const log = new LogView(root);
  const sources = h('section', { id: 'sources' }, h('h2', null, 'Source'), h('div'));
  const family = table('family', 'Related builds', [['Build'], ['Relation'], ['Result']]);
  const properties = table('properties', 'Properties', [['Name'], ['Value'], ['From']]);
  plain.section.hidden = true;
  main.append(h('div', { class: 'headline' }, heading, beside), facts, bar, h('div', { class: 'columns' }, h('div', { class: 'main' }, steps, log.section), h('div', { class: 'side' }, sources, family.section, properties.section)));

  /** @type {number | null} */
  let selected = null;
  let isChosen = false;
  /** @type {any[]} */
  let shown = [];
  let selectedHadEnded = false;

  const show = (/** @type {boolean} */ asTable) => {
    chart.hidden = asTable;
    plain.section.hidden = !asTable;
    chartButton.setAttribute('aria-pressed', String(!asTable));
    tableButton.setAttribute('aria-pressed', String(asTable));
  };
  chartButton.addEventListener('click', () => show(false));
  tableButton.addEventListener('click', () => show(true));
  steps.addEventListener('click', event => {
    const button = event.target instanceof Element ? event.target.closest('button[data-step]') : null;
    if (button) {
      isChosen = true;
      select(Number(/** @type {HTMLElement} */ (button).dataset.step));
      history.replaceState(null, '', `#step-${shown.find(step => step.id === selected)?.number}`);
      paint();
    }
  });
  window.setInterval(() => {
    if (feed().one('build')?.ended === undefined && !document.hidden) paintLanes();
  }, 1000);

  return paint;

  function paint() {
    const all = feed();
    const build = all.one('build');
    if (!build) return;
    shown = all.all('step').sort((a, b) => a.number - b.number);
    paintHead(all, build);
    choose();
    paintLanes();
    list(plain.body, shown, step => String(step.id), step => row(null,
      [stepButton(step)], [badge(step)], [when(step.started), 'num'], [lockWait(step) >= shortestWait ? duration(lockWait(step)) : '–', 'num'], [length(step), 'num'], [duration(step.median), 'num'], [step.state ?? '', 'text'], [links(step)]));
    /** @type {HTMLElement} */ (steps.querySelector('.count')).textContent = shown.length + (all.one('more/steps') ? '+' : '');
    none.textContent = shown.length ? '' : 'This build has no steps yet.';
    for (const button of steps.querySelectorAll('button[data-step]')) button.setAttribute('aria-pressed', String(Number(/** @type {HTMLElement} */ (button).dataset.step) === selected));
    paintSide(all);
  }

  /** @param {import('./feed.js').Feed} all @param {any} build */
  function paintHead(all, build) {
    document.title = `${build.ended === undefined ? '▸' : resultOf(build).sign} ${build.builder} #${build.number} · ${document.body.dataset.title}`;
    fill(heading, builderLink(build), ` #${build.number} `, resultCell(build),
      build.ended === undefined ? build.cancelled === undefined && button('stop', build.id, 'Stop', `build ${build.number}`) : button('rebuild', build.id, 'Rebuild', `build ${build.number}`));
    const previous = all.one('previous');
    const next = all.one('next');
    fill(beside, previous && h('a', { href: buildUrl(previous), rel: 'prev' }, `← #${previous.number}`), ' ', next && h('a', { href: buildUrl(next), rel: 'next' }, `#${next.number} →`));
    /** @param {string} name @param {import('./dom.js').Child} value */
    const fact = (name, value) => h('div', null, h('dt', null, name), h('dd', null, value));
    fill(facts,
      fact('State', state(build)),
      fact(build.ended === undefined ? 'Elapsed' : 'Duration', build.ended === undefined ? h('span', null, since(build.started), ' ', h('small', null, left(build.started, build.median))) : h('span', null, duration(build.ended - build.started), build.median !== undefined && h('small', null, ` median ${duration(build.median)}`))),
      fact('Started', when(build.started)),
      fact('Queue', duration(build.queued)),
      build.locks > 0 && fact('Lock waits', duration(build.locks)),
      fact('Worker', build.worker ?? '–'),
      fact('Reason', h('span', null, build.reason || '–', build.scheduler && h('small', null, ` by ${build.scheduler}`))));
    fill(bar, build.ended === undefined && progress(build.started, build.median));
  }

  /** @param {number} id */
  function select(id) {
    const step = shown.find(step => step.id === id);
    if (!step) return;
    selectedHadEnded = step.ended !== undefined;
    selected = id;
    log.show(id, step.name);
  }

  // Until the user chooses a step, the log follows the build: the step that runs, then the first that failed, or the last one.
  function choose() {
    const wanted = /^#step-(\d+)$/.exec(location.hash);
    const hashed = wanted && shown.find(step => step.number === Number(wanted[1]));
    if (hashed && selected === null) {
      isChosen = true;
      select(hashed.id);
    }
    const started = shown.filter(step => step.started !== undefined);
    const best = started.findLast(step => step.ended === undefined) ?? (selected === null || feed().one('build').ended !== undefined ? started.find(step => failed.has(step.result)) : null) ?? started.at(-1);
    if (!isChosen && best && best.id !== selected) select(best.id);
    // A log can be added as the last thing that a step does.
    const current = shown.find(step => step.id === selected);
    if (current && !selectedHadEnded && current.ended !== undefined) select(current.id);
    log.section.hidden = selected === null;
  }

  function paintLanes() {
    const build = feed().one('build');
    const end = build.ended ?? now();
    const scale = new TimeScale(shown, build.started, Math.max(end, ...shown.map(step => step.ended ?? 0)));
    fill(axis, ...scale.marks().map(mark => place(h('span', null, mark.seconds ? duration(1000 * mark.seconds) : '0'), { left: percent(mark.place) })));
    const idle = scale.stretches.filter(stretch => stretch.isIdle);
    // Each second all bars move, so all rows are drawn again.
    list(lanes, shown.map(step => ({ step })), ({ step }) => String(step.id), ({ step }) => {
      const wait = lockWait(step);
      const begin = step.started === undefined ? undefined : step.started + wait;
      return h('tr', { class: step.id === selected ? 'selected' : null },
        h('th', { scope: 'row' }, stepButton(step)),
        h('td', null, h('div', { class: 'lane' },
          idle.map(stretch => place(h('span', { class: 'idle', title: `Nothing ran for ${duration(stretch.to - stretch.from)}` }), { left: percent(stretch.start), width: percent(stretch.end - stretch.start) })),
          wait >= shortestWait && span('wait', step.started, step.started + wait, `Waited ${duration(wait)} for locks`, scale),
          begin !== undefined && (step.ended ?? end) > begin - 1 && span(`${resultOf(step).style}${step.ended === undefined ? ' open' : ''}`, begin, step.ended ?? end, `${exact(begin)}: ${duration((step.ended ?? end) - begin)}`, scale))),
        h('td', { class: 'num' }, length(step), slower(step)),
        h('td', { class: 'text' }, h('span', { class: 'sign-only' }, badge(step)), step.state ?? '', ' ', links(step)));
    });
  }

  /** @param {import('./feed.js').Feed} all */
  function paintSide(all) {
    const stamps = all.all('source').sort((a, b) => a.id - b.id);
    fill(/** @type {Element} */ (sources.querySelector('div')), ...stamps.map(stamp => h('dl', { class: 'pairs' }, ['repository', 'branch', 'revision', 'project', 'codebase', 'patch'].flatMap(name => (stamp[name] ? [h('dt', null, name), h('dd', null, stamp[name])] : [])))), stamps.length === 0 && h('p', { class: 'empty' }, 'This build has no source stamp.'));
    const relatives = [['parent', 'triggered this build'], ['original', 'is rebuilt by this build']].flatMap(([key, relation]) => (all.one(key) ? [[all.one(key), relation]] : [])).concat(all.all('triggered').sort((a, b) => a.id - b.id).map(build => [build, 'was triggered by it']));
    list(family.body, relatives.map(([build, relation]) => ({ build, relation })), ({ build, relation }) => relation + build.id, ({ build, relation }) => row(null, [fullLink(build)], [relation], [resultCell(build)]));
    family.section.hidden = relatives.length === 0;
    const values = all.all('property');
    list(properties.body, values, property => property.name, property => row(null, [property.name], [property.value, 'value'], [property.source ?? '']));
    properties.show(values.length, 'This build has no properties.');
  }
}

/** @param {any} step */
const stepButton = step => h('button', { type: 'button', class: 'link', 'data-step': step.id, title: 'Show the log' }, step.name);

/** @param {number} value from 0 to 1 */
const percent = value => `${(100 * value).toFixed(3)}%`;

/** @param {string} style @param {number} from @param {number} to @param {string} title @param {TimeScale} scale */
function span(style, from, to, title, scale) {
  const start = scale.at(from);
  return place(h('span', { class: `span ${style}`, title }), { left: percent(start), width: percent(Math.max(0.003, scale.at(to) - start)) });
}

/** @param {any} step */
function lockWait(step) {
  if (step.started === undefined) return 0;
  if (step.unlocked !== undefined) return Math.max(0, step.unlocked - step.started);
  // Many hosts never tell that a step has its locks. One that waits says so in its state.
  return step.ended === undefined && /\blocks?\b/i.test(step.state ?? '') ? Math.max(0, now() - step.started) : 0;
}

/** @param {any} step */
const length = step => (step.started === undefined ? '–' : step.ended === undefined ? since(step.started) : duration(step.ended - step.started));

/** @param {any} step */
function slower(step) {
  const took = step.ended - step.started;
  return step.median > 0 && took > 1.25 * step.median && took - step.median > 1000 ? h('small', { class: 'bad', title: `The median is ${duration(step.median)}` }, ` +${Math.round(100 * (took / step.median - 1))} %`) : null;
}

/** @param {any} step */
function links(step) {
  // Only addresses of the web are links. Another one, such as javascript:, is shown as text.
  return h('span', { class: 'links' }, (step.links ?? []).map((/** @type {{ name: string, url: string }} */ link) => (/^https?:\/\//i.test(link.url) ? h('a', { href: link.url, rel: 'noreferrer noopener', target: '_blank' }, link.name || link.url) : h('span', { title: link.url }, link.name || link.url))));
}
