// The flow as a picture: from the places of the words on the screen to the outlines of the bands beside them. Widths are
// shares of forty volunteers. Bands leave the trunk to the right and never cross: the topmost word takes the outermost
// slice. Pure geometry, in pixels from the picture's upper left corner.
import { shownBranches, type Branch, type Flow, type Level } from './flow';

export interface Place {
  top: number;
  bottom: number;
}
/** Where things stand: a level's block, its question, each branch's row; a nested flow's left edge. */
export interface Places {
  level: (key: string) => Place | undefined;
  question: (key: string) => Place | undefined;
  branch: (key: string) => Place | undefined;
  nestedLeft: (key: string) => number;
}
export interface RiverStyle {
  everybody: number; // width of all forty volunteers
  reachOut: number; // from the trunk's widest edge to the words
}
export type Tone = 'likely' | 'other';
/** Light along a band: from (x1,y1) to (x2,y2), with colour and strength at parts of the way. */
export interface Paint {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  stops: { at: number; tone: Tone; strength: number }[];
}
export interface Band {
  key: string;
  outline: string; // SVG path, closed
  strands: string; // SVG path: one line for each volunteer
  faint: boolean; // less than one volunteer
  paint: Paint;
}

type Point = readonly [number, number];
type Edge = (u: number) => Point[]; // u = 0: left edge of the band, 1: right edge

/** The trunk that a flow grows along: its left edge, where its first strand sits beside it, its colour. */
interface Trunk {
  left: number;
  phase: number;
  tone: Tone;
}

const thinnest = 1.25;
const volunteers = 40;
const steps = 18;

const text = (points: Point[]) => points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L');
const smooth = (t: number) => t * t * (3 - 2 * t);

function cubic(a: Point, b: Point, c: Point, d: Point): Point[] {
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const t = i / steps;
    const s = 1 - t;
    const mix = (k: 0 | 1) => s * s * s * a[k] + 3 * s * s * t * b[k] + 3 * s * t * t * c[k] + t * t * t * d[k];
    return [mix(0), mix(1)];
  });
}

// A trunk is not a ruler: it sways a little.
const sway = ([x, y]: Point): Point => [x + 6 * Math.sin(y / 113) + 3 * Math.sin(y / 47 + 1), y];
const swayed =
  (edge: Edge): Edge =>
  (u) =>
    edge(u).map(sway);

function line([x0, y0]: Point, [x1, y1]: Point): Point[] {
  const count = Math.max(2, Math.ceil(Math.abs(y1 - y0) / 8));
  return Array.from({ length: count + 1 }, (_, i): Point => {
    const t = i / count;
    return [x0 + (x1 - x0) * t, y0 + (y1 - y0) * t];
  });
}

// Straight down while the width changes softly; `left` may move along.
const widen = (left: number, u: number, from: number, to: number, top: number, bottom: number): Point[] =>
  line([0, top], [0, bottom]).map(([, y], i, all): Point => {
    const t = smooth(i / (all.length - 1));
    return [left + u * (from + (to - from) * t), y];
  });

/** How brightly an answer is lit: doubt dims it. */
const brightness = (share: number) => 0.5 + 0.5 * share;

export function drawRiver(root: Flow, places: Places, style: RiverStyle, opened: ReadonlySet<string>): Band[] {
  const bands: Band[] = [];
  const widthOf = (share: number) => Math.max(thinnest, share * style.everybody);

  // A volunteer is one strand at one place of the trunk, so strands run on unbroken where bands part and meet.
  const spacing = style.everybody / volunteers;
  function strandsIn(from: number, width: number, phase: number): number[] {
    const first = Math.ceil((from - phase) / spacing - 0.5);
    const places: number[] = [];
    for (let x = phase + (first + 0.5) * spacing; x < from + width; x += spacing) places.push((x - from) / width);
    return places;
  }

  function add(key: string, edge: Edge, strands: number[], paint: Paint): void {
    const faint = strands.length === 0;
    const lines = (faint ? [0.5] : strands).map((u) => `M${text(edge(u))}`);
    const outline = `M${text(edge(0))}L${text([...edge(1)].reverse())}Z`;
    bands.push({ key, outline, strands: lines.join(''), faint, paint });
  }

  function drawFlow(flow: Flow, left: number, tone: Tone, phase: number): void {
    let light = 1;
    flow.levels.forEach((level, i) => {
      drawLevel(level, flow.levels[i + 1] ?? null, { left, phase, tone }, light);
      light = brightness(level.winner.conditional);
    });
  }

  function drawLevel(level: Level, below: Level | null, trunk: Trunk, light: number): void {
    const { left, phase, tone } = trunk;
    const block = places.level(level.key);
    const asked = places.question(level.key);
    if (!block || !asked) return;
    const reach = widthOf(level.reach);
    const core = Math.min(reach, widthOf(level.winner.weighted));
    const split = asked.bottom - 4;
    const next = below ? widthOf(below.reach) : core;
    const bend = Math.min(72, (block.bottom - split) * 0.55);
    const turn = block.bottom - bend;

    // Above the parting all are one trunk; below it only those who gave the likeliest answer.
    const before: Edge = (u) => line([left + u * reach, block.top], [left + u * reach, split]);
    const after: Edge = (u) => [
      ...line([left + u * core, split], [left + u * core, turn]),
      ...widen(left, u, core, Math.min(core, next), turn, block.bottom).slice(1),
    ];
    const now = brightness(level.winner.conditional);
    const part = (split - block.top) / Math.max(1, block.bottom - block.top);
    const down = (stops: Paint['stops']): Paint => ({ x1: 0, y1: block.top, x2: 0, y2: block.bottom, stops });
    const paint = down([
      { at: 0, tone, strength: light },
      { at: part, tone, strength: (light + now) / 2 },
      { at: below ? 1 : 0.75, tone, strength: now },
      ...(below ? [] : [{ at: 1, tone, strength: 0 }]),
    ]);
    add(`${level.key}/asked`, swayed(before), strandsIn(0, reach, phase), paint);
    drawReturn(level, trunk, core, next, [turn, block.bottom], now);
    add(level.winner.key, swayed(after), strandsIn(0, core, phase), paint);

    let outer = left + reach;
    for (const branch of shownBranches(level, opened)) {
      const width = Math.min(widthOf(branch.weighted), Math.max(thinnest, outer - left - core));
      drawBranch(branch, outer - width, width, split, trunk, light);
      outer -= width;
    }
  }

  function drawBranch(
    branch: Branch,
    from: number,
    width: number,
    split: number,
    { left, phase, tone }: Trunk,
    light: number,
  ): void {
    const row = places.branch(branch.key);
    if (!row) return;
    const strength = brightness(branch.conditional);
    const strands = strandsIn(from - left, width, phase);
    const leaving: Paint['stops'] = [
      { at: 0, tone, strength: light },
      { at: 0.42, tone: 'other', strength },
    ];
    const flow = branch.flow;
    const inner = places.nestedLeft(branch.key);
    if (flow) {
      const first = flow.levels[0];
      const landing = (first && places.level(first.key)?.top) ?? row.bottom;
      const middle = (split + landing) / 2;
      const edge: Edge = (u) => {
        const [x0, x1] = [from + u * width, inner + u * width];
        return cubic([x0, split], [x0, middle + 18], [x1, middle], [x1, landing]);
      };
      const paint: Paint = {
        x1: 0,
        y1: split,
        x2: 0,
        y2: landing,
        stops: [...leaving, { at: 1, tone: 'other', strength: 1 }],
      };
      add(branch.key, swayed(edge), strands, paint);
      const start = (strands[0] ?? 0.5) * width - spacing / 2;
      drawFlow(flow, inner, 'other', start);
      return;
    }
    const y = (row.top + row.bottom) / 2;
    const tip = inner - 12;
    const edge: Edge = (u) => {
      const x = from + u * width;
      const end = y + width / 2 - u * width;
      const points = cubic([x, split], [x, split + (end - split) * 0.7], [x + (tip - x) * 0.2, end], [tip, end]);
      return points.map((point): Point => {
        const swaying = Math.max(0, Math.min(1, (tip - point[0]) / Math.max(1, tip - x)));
        return [point[0] + (sway(point)[0] - point[0]) * swaying, point[1]];
      });
    };
    const paint: Paint = {
      x1: from,
      y1: split,
      x2: tip,
      y2: y,
      stops: [...leaving, { at: 1, tone: 'other', strength: strength * 0.8 }],
    };
    add(branch.key, edge, strands, paint);
  }

  // Those who left and come back for the next question, as a wedge that grows at the trunk's right edge.
  function drawReturn(
    level: Level,
    { left, phase, tone }: Trunk,
    core: number,
    next: number,
    [top, bottom]: [number, number],
    strength: number,
  ): void {
    if (next - core < 1) return;
    const edge: Edge = (u) => widen(left + core, u, 0, next - core, top, bottom);
    const stops: Paint['stops'] = [
      { at: 0.1, tone: 'other', strength: 0 },
      { at: 0.6, tone: 'other', strength: 0.6 },
      { at: 1, tone, strength },
    ];
    add(`${level.key}/return`, swayed(edge), strandsIn(core, next - core, phase), {
      x1: 0,
      y1: top,
      x2: 0,
      y2: bottom,
      stops,
    });
  }

  drawFlow(root, 0, 'likely', 0);
  return bands;
}
