// Files of the site, as what they are wanted for; whatever goes wrong is a sentence.
import { EngineError } from './protocol';

const base = new URL('.', document.baseURI);

export async function fetched(path: string): Promise<Response> {
  const response = await fetch(new URL(path, base)).catch(() => null);
  if (response?.ok) return response;
  throw new EngineError(
    'not_found',
    `${path} could not be fetched${response ? ` (${String(response.status)})` : ''}: check the connection, then reload.`,
  );
}

/** The module of an engine's folder. */
export async function compiled(folder: string): Promise<WebAssembly.Module> {
  const response = await fetched(`${folder}/pinwheel.wasm`);
  const isWasm = response.headers.get('Content-Type') === 'application/wasm';
  return isWasm ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** Where the JavaScript around it is. */
export const codeOf = (folder: string) => new URL(`${folder}/pinwheel.mjs`, base).href;

// Bit for bit what fetch() gave, without the gzip around it; unpacked as it comes where the browser can (since 2023).
export async function unpacked(path: string): Promise<ArrayBuffer> {
  const response = await fetched(path);
  try {
    if (response.body && 'DecompressionStream' in globalThis) {
      return await new Response(response.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
    }
    const { gunzipSync } = await import('fflate');
    return gunzipSync(new Uint8Array(await response.arrayBuffer())).slice().buffer;
  } catch {
    throw new EngineError('bad_file', `${path} did not arrive whole: check the connection, then reload.`);
  }
}
