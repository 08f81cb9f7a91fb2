// How many threads an engine gets.
import type { Variant } from './variant';

export const mostThreads = 16; // that the engine makes at its start (wasm/CMakeLists.txt)
// Networks of a page's size are small: more threads cost more than they bring. The bench may ask for more, to see that.
const usefulThreads = 8;

export const possibleThreads = (variant: Variant, processors = navigator.hardwareConcurrency): number =>
  variant.endsWith('threads') ? Math.max(1, Math.min(mostThreads, processors || 2)) : 1;

export const usualThreads = (variant: Variant, processors = navigator.hardwareConcurrency): number =>
  Math.min(usefulThreads, possibleThreads(variant, processors));
