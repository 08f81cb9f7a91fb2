// A static server for the pages that measure: folders under names, with the headers that give a page threads.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};
const isolating = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

function fileOf(folders, path) {
  const mount = Object.keys(folders).find((prefix) => path.startsWith(prefix));
  if (mount === undefined) return null;
  const inside = normalize(`/${path.slice(mount.length)}`); // no way out of the folder
  const file = join(folders[mount], inside.endsWith('/') ? `${inside}index.html` : inside);
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : null;
}

/** folders: {'/site/': 'build/site', …} → {origin, close} on a free port. */
export async function serve(folders) {
  const server = createServer((request, response) => {
    const file = fileOf(folders, decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    if (!file) {
      response.writeHead(404, isolating).end();
      return;
    }
    response.writeHead(200, { ...isolating, 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
