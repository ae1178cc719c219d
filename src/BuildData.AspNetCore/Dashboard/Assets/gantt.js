// Maps times to places on the chart of a build. Stretches in which no step runs are squeezed.

/** @typedef {{ from: number, to: number, start: number, end: number, isIdle: boolean }} Stretch a time range in ms, and its place from 0 to 1 */

const idleWidth = 0.025;
const shortestIdle = 2000;
const idlePart = 0.06;

export class TimeScale {
  /** @type {Stretch[]} */
  stretches = [];

  /**
   * @param {{ started?: number, ended?: number }[]} steps
   * @param {number} from
   * @param {number} to
   */
  constructor(steps, from, to) {
    this.from = from;
    const end = Math.max(to, from + 1);
    const busy = steps.filter(step => step.started !== undefined).map(step => [Math.max(from, step.started ?? 0), Math.min(end, step.ended ?? end)]).sort((a, b) => a[0] - b[0]);
    /** @type {[number, number, boolean][]} */
    const ranges = [];
    let at = from;
    const idle = Math.max(shortestIdle, idlePart * (end - from));
    /** @param {number} until */
    const skip = until => {
      if (until - at >= idle) ranges.push([at, until, true]);
      else if (until > at) ranges.push([at, until, false]);
      at = Math.max(at, until);
    };
    for (const [begin, stop] of busy) {
      if (begin > at) skip(begin);
      if (stop > at) {
        ranges.push([at, stop, false]);
        at = stop;
      }
    }
    if (busy.length > 0) skip(end);
    else ranges.push([from, end, false]);

    const idles = ranges.filter(range => range[2]).length;
    const total = ranges.reduce((sum, range) => sum + (range[2] ? 0 : range[1] - range[0]), 0) || 1;
    let place = 0;
    for (const [begin, stop, isIdle] of ranges) {
      const size = isIdle ? idleWidth : ((stop - begin) / total) * (1 - idles * idleWidth);
      this.stretches.push({ from: begin, to: stop, start: place, end: place + size, isIdle });
      place += size;
    }
  }

  /**
   * @param {number} time
   * @returns {number} the place, from 0 to 1
   */
  at(time) {
    for (const stretch of this.stretches) {
      if (time <= stretch.to) return stretch.start + Math.max(0, (time - stretch.from) / (stretch.to - stretch.from || 1)) * (stretch.end - stretch.start);
    }
    return 1;
  }

  /** Returns times for labels, at least a tenth of the chart apart. */
  marks() {
    const span = this.stretches.reduce((sum, stretch) => sum + (stretch.isIdle ? 0 : stretch.to - stretch.from), 0);
    const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400].find(s => (s * 1000) / span >= 0.12) ?? 604_800;
    const marks = [];
    let last = -1;
    for (const stretch of this.stretches.filter(stretch => !stretch.isIdle)) {
      for (let t = Math.ceil((stretch.from - this.from) / 1000 / step) * step; t * 1000 + this.from <= stretch.to && marks.length < 20; t += step) {
        const place = this.at(t * 1000 + this.from);
        if (place - last < 0.09 || place > 0.96) continue;
        marks.push({ seconds: t, place });
        last = place;
      }
    }
    return marks;
  }
}
