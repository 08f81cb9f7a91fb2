// A plain static host for the built site, as people rent them: optionally with the two headers that lend a page threads,
// optionally packing what such hosts pack. It counts every byte that it puts on the wire.
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { site } from './site.ts';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};
// With wasm, that is what nginx and the well-known services pack when they are told to pack; unknown kinds they leave.
const packed = new Set([...Object.keys(types), '.wasm']);

export interface StaticHost {
  address: string;
  bodies: Map<string, number>; // bytes of each file as sent, by path; more than once when it was asked for again
  onTheWire: () => number; // with headers
  close: () => Promise<void>;
}

export async function startHost(wish: { isolated: boolean; packs: boolean }): Promise<StaticHost> {
  const bodies = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname);
    try {
      const path = join(site, name);
      const file = statSync(path).isDirectory() ? join(path, 'index.html') : path;
      const kind = extname(file);
      const gzip = wish.packs && packed.has(kind);
      const body = gzip ? gzipSync(readFileSync(file)) : readFileSync(file);
      const tag = `"${String(body.length)}-${statSync(file).mtimeMs.toString(36)}"`;
      response.setHeader('ETag', tag);
      if (gzip) response.setHeader('Content-Encoding', 'gzip');
      if (wish.isolated) {
        response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
        response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
      }
      const wasm = wish.packs && kind === '.wasm' ? 'application/wasm' : undefined; // the poorer host knows no wasm
      response.setHeader('Content-Type', types[kind] ?? wasm ?? 'application/octet-stream');
      if (request.headers['if-none-match'] === tag) return void response.writeHead(304).end();
      bodies.set(name, (bodies.get(name) ?? 0) + body.length);
      response.setHeader('Content-Length', body.length);
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => {
    server.listen(0, 'localhost', resolve);
  });
  return {
    address: `http://localhost:${String((server.address() as AddressInfo).port)}/`,
    bodies,
    onTheWire: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
