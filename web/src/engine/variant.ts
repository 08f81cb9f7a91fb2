// Which of the three engines this browser can run. Decided by asking the browser to validate tiny modules, never by name.

export type Variant = 'relaxed-threads' | 'simd-threads' | 'simd';
export const variants: readonly Variant[] = ['relaxed-threads', 'simd-threads', 'simd'];

export interface Abilities {
  simd: boolean;
  relaxedSimd: boolean;
  threads: boolean; // crossOriginIsolated: SharedArrayBuffer may be used
}

// A module with one function () → v128, around the given instructions.
function moduleWith(instructions: number[]): Uint8Array<ArrayBuffer> {
  const body = [0, ...instructions, 0x0b];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // magic, version
    ...[1, 5, 1, 0x60, 0, 1, 0x7b], // type: () → v128
    ...[3, 2, 1, 0], // function 0 has it
    ...[10, body.length + 2, 1, body.length, ...body], // code
  ]);
}
const splat = [0x41, 0, 0xfd, 0x0f]; // i32.const 0; i8x16.splat
const swizzle = [0xfd, 0x80, 0x02]; // i8x16.relaxed_swizzle

export function abilities(): Abilities {
  return {
    simd: WebAssembly.validate(moduleWith(splat)),
    relaxedSimd: WebAssembly.validate(moduleWith([...splat, ...splat, ...swizzle])),
    threads: globalThis.crossOriginIsolated && typeof SharedArrayBuffer !== 'undefined',
  };
}

/** The fastest variant that the browser can run and that was built; `wanted` (for tests) only if it can run. */
export function pickVariant(
  can: Abilities,
  built: Partial<Record<Variant, string>>,
  wanted: string | null = null,
): Variant | null {
  const runs = variants.filter(
    (variant) =>
      built[variant] !== undefined &&
      can.simd &&
      (can.threads || !variant.endsWith('threads')) &&
      (can.relaxedSimd || !variant.startsWith('relaxed')),
  );
  return runs.find((variant) => variant === wanted) ?? runs[0] ?? null;
}
