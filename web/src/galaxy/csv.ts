// The export: the same bytes that `pinwheel classify --format csv` writes. One row a galaxy, every output with as many
// digits as bring the same 32-bit number back.

/** The shortest text that reads back as the same 32-bit float, written as C++'s std::to_chars does. */
export function shortestFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const wanted = Math.fround(value);
  let precision = 0;
  while (Math.fround(Number(wanted.toExponential(precision))) !== wanted) precision += 1;
  const [mantissa = '', power = ''] = wanted.toExponential(precision).split('e');
  const exponent = Number(power);
  const sign = exponent < 0 ? '-' : '+';
  const scientific = `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const plain = wanted.toFixed(Math.min(100, Math.max(0, precision - exponent)));
  return plain.length <= scientific.length ? plain : scientific;
}

export const csvField = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export interface Row {
  file: string;
  values: ArrayLike<number>;
}

export function toCsv(outputs: readonly string[], rows: Iterable<Row>): string[] {
  const lines = [['file', ...outputs.map(csvField)].join(',') + '\n'];
  for (const { file, values } of rows) {
    lines.push([csvField(file), ...Array.from(values, shortestFloat)].join(',') + '\n');
  }
  return lines;
}
