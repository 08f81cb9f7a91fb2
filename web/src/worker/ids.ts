// Names that nobody else has. (crypto.randomUUID does not exist on pages from plain http.)
export const freshId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
