declare module 'virtual:site-files' {
  /** Path of each engine's folder below the site's root, for those that were built. */
  export const engines: Partial<Record<import('../src/engine/variant').Variant, string>>;
  /** Path of each model's folder (config.json, and weights.packed: gzip around src/files/planes). */
  export const models: Record<string, string>;
  export const defaultModel: string;
}
