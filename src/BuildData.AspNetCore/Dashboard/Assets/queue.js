// The queue: requests by priority and age, claimed ones, workers and masters.
import { h, list } from './dom.js';
import { duration, since, when } from './format.js';
import { builderLink, button, fullLink, row, source, table } from './parts.js';

/** @param {HTMLElement} main @param {() => import('./feed.js').Feed} feed */
export function queuePage(main, feed) {
  const waiting = table('waiting', 'Waiting', [['Builder'], ['Request', 'num'], ['Priority', 'num'], ['Waits', 'num'], ['Source'], ['Reason'], ['', 'acts']]);
  const claimed = table('claimed', 'Claimed', [['Build'], ['Request', 'num'], ['Priority', 'num'], ['Claimed', 'num'], ['Waited', 'num'], ['Master'], ['Worker'], ['Source'], ['', 'acts']]);
  const workers = table('workers', 'Workers', [['Worker'], ['State'], ['Builds'], ['Last seen', 'num']]);
  const masters = table('masters', 'Masters', [['Master'], ['State'], ['Last active', 'num']]);
  main.append(h('h1', { class: 'hidden' }, 'Queue'), h('div', { class: 'columns' }, h('div', { class: 'main' }, waiting.section, claimed.section), h('div', { class: 'side' }, workers.section, masters.section)));

  return () => {
    const all = feed();
    const names = new Map(all.all('master').map(master => [master.id, master.name]));
    /** @type {(a: any, b: any) => number} */
    const byPriority = (a, b) => b.priority - a.priority || a.since - b.since || a.id - b.id;
    const waits = all.all('waiting').sort(byPriority);
    list(waiting.body, waits, request => String(request.id), request => row(null,
      [builderLink(request)], [request.id, 'num'], [request.priority, 'num'], [since(request.since), 'num'], [source(request)],
      [h('span', null, request.reason ?? '', request.waitedFor && h('span', { class: 'muted' }, ' (another build waits for it)')), 'text'],
      [button('cancel', request.id, 'Cancel', `request ${request.id} of ${request.builder}`), 'acts']));
    waiting.show(waits.length, 'No request is waiting.', waits.length + (all.one('more/waiting') ? '+' : ''));

    const claims = all.all('claimed').sort(byPriority);
    list(claimed.body, claims, request => String(request.id), request => row(null,
      [request.number === undefined ? builderLink(request) : fullLink(request)], [request.id, 'num'], [request.priority, 'num'], [when(request.claimed), 'num'],
      [request.claimed - request.since < 500 ? '–' : h('span', { title: 'From the request to the claim' }, duration(request.claimed - request.since)), 'num'],
      [names.get(request.master) ?? request.master ?? '–', 'text'], [request.worker ?? '–'], [source(request)],
      [request.cancelled === undefined ? button('cancel', request.id, 'Cancel', `request ${request.id} of ${request.builder}`) : h('span', { class: 'late' }, 'stopping'), 'acts']));
    claimed.show(claims.length, 'No request is claimed.', claims.length + (all.one('more/claimed') ? '+' : ''));

    const machines = all.all('worker').sort((a, b) => b.builds.length - a.builds.length || a.name.localeCompare(b.name));
    list(workers.body, machines, worker => String(worker.id), worker => row(null,
      [h('span', { title: worker.version ? `Version ${worker.version}` : null }, worker.name)],
      [stateOf(worker)],
      [h('span', null, worker.builds.flatMap((/** @type {any} */ build, /** @type {number} */ i) => [i > 0 && ', ', fullLink(build)]), worker.builds.length === 0 && '–')],
      [when(worker.seen), 'num']));
    workers.show(machines.length, 'There are no workers.');

    const processes = all.all('master').sort((a, b) => Number(b.active ?? false) - Number(a.active ?? false) || a.name.localeCompare(b.name));
    list(masters.body, processes, master => String(master.id), master => row(null,
      [master.name], [h('span', { class: master.active ? 'good' : 'muted' }, master.active ? '● active' : '○ stopped')], [when(master.seen), 'num']));
    masters.show(processes.length, 'There are no masters.');
  };
}

/** @param {any} worker */
function stateOf(worker) {
  if (worker.paused) return h('span', { class: 'late' }, `‖ paused${worker.pauseReason ? `: ${worker.pauseReason}` : ''}`);
  if (worker.graceful) return h('span', { class: 'late' }, '▾ shutting down');
  if (worker.builds.length > 0) return h('span', { class: 'info' }, '▸ building');
  return worker.connected ? h('span', { class: 'good' }, '● idle') : h('span', { class: 'muted' }, '○ not connected');
}
