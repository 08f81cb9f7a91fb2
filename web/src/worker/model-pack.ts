// A model as one file: a zip of config.json and model.safetensors, stored and not packed, because weights do not get
// smaller. The command line opens it as it is.
import { strToU8, unzipSync, zipSync } from 'fflate';
import { EngineError } from '../engine/protocol';

const largest = 500_000_000;
export const extension = '.pinwheel';

export const packModel = (config: string, weights: Uint8Array): Uint8Array<ArrayBuffer> =>
  zipSync({ 'config.json': strToU8(config), 'model.safetensors': weights }, { level: 0, mtime: '1980-01-02' }).slice();

export function unpackModel(name: string, bytes: Uint8Array): { config: string; weights: Uint8Array } {
  const refuse = (why: string) =>
    new EngineError('bad_file', `${name} ${why}: choose a model that Pinwheel has saved.`);
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name: file, originalSize }) => {
        if (originalSize > largest) throw new RangeError();
        return /(^|\/)(config\.json|model\.safetensors)$/.test(file);
      },
    });
  } catch {
    throw refuse('cannot be read as a model');
  }
  const find = (wanted: string) => Object.entries(files).find(([file]) => file.endsWith(wanted))?.[1];
  const [config, weights] = [find('config.json'), find('model.safetensors')];
  if (!config || !weights) throw refuse('does not hold a model');
  return { config: new TextDecoder().decode(config), weights };
}
