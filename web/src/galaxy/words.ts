// What people say: short questions, a line of explanation for each, and numbers as they are read aloud. The exact numbers
// are in the export; the sentence itself comes from the core.

export const percent = (share: number): string => {
  const value = share * 100;
  if (value > 0 && value < 1) return '< 1 %';
  if (value > 99 && value < 100) return '> 99 %';
  return `${String(Math.round(value))} %`;
};

export function ofForty(share: number): string {
  const people = Math.round(share * 40);
  return `${people === 0 ? 'none' : String(people)} of 40`;
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1) return 'under 1 ms';
  if (milliseconds < 1000) return `${String(Number(milliseconds.toPrecision(2)))} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 90) return `${seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${String(minutes)} minutes` : `${String(Math.round(minutes / 60))} hours`;
}

export const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;

/** One line for each question of the tree, in its order: what the words in it mean. */
export const explanations: readonly string[] = [
  'Smooth galaxies are plain glows of old stars; featured ones show a disk, arms, a bar or clumps. Stars and faults of the camera are sorted out here too.',
  'A disk seen from the side is a thin streak, and its arms and bar are hidden from us.',
  'A bar is a straight band of stars through the centre; the arms often start at its ends.',
  'Spiral arms are bright curved lanes where new stars are born.',
  'The bulge is the round glow of older stars in the middle of a disk.',
  'Anything out of the ordinary: a ring, dust, a neighbour that pulls.',
  'From a perfect circle to the shape of a cigar.',
  'What exactly is out of the ordinary.',
  'Seen from the side, a bulge is a round or boxy swelling in the middle of the streak.',
  'Tightly wound arms hug the centre; loose ones open wide.',
  'Counted where they leave the centre.',
];

/** "in between" is clear below its question but not alone in a list: the words for a list. */
const alone: Record<string, string> = {
  'Class2.1': 'edge-on',
  'Class2.2': 'not edge-on',
  'Class5.1': 'no bulge',
  'Class5.2': 'bulge just noticeable',
  'Class5.3': 'obvious bulge',
  'Class5.4': 'dominant bulge',
  'Class6.1': 'something odd',
  'Class6.2': 'nothing odd',
  'Class7.1': 'completely round',
  'Class7.2': 'in between round',
  'Class7.3': 'cigar-shaped',
  'Class9.1': 'rounded bulge, edge-on',
  'Class9.2': 'boxy bulge, edge-on',
  'Class9.3': 'no bulge, edge-on',
  'Class10.1': 'tight arms',
  'Class10.2': 'medium arms',
  'Class10.3': 'loose arms',
  'Class11.1': '1 arm',
  'Class11.2': '2 arms',
  'Class11.3': '3 arms',
  'Class11.4': '4 arms',
  'Class11.5': 'more than 4 arms',
  'Class11.6': 'number of arms unclear',
};
export const aloneText = (column: string, text: string) => alone[column] ?? text;

export const className = (output: string) => output.replace(/[_-]+/g, ' ');

export const kindText = (kind: string) => className(kind).replace(/^./, (c) => c.toUpperCase());
