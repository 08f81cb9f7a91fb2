import { describe, expect, it, vi } from 'vitest';
import { EngineClient, type WorkerLike } from './client';
import { EngineError, type FromWorker } from './protocol';

// A worker that answers only when the test says so.
class FakeWorker implements WorkerLike {
  sent: { id: number; kind: string }[] = [];
  terminated = false;
  onmessage: WorkerLike['onmessage'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  onerror: WorkerLike['onerror'] = null;

  postMessage(message: unknown): void {
    this.sent.push(message as { id: number; kind: string });
  }
  terminate(): void {
    this.terminated = true;
  }
  answer(message: FromWorker): void {
    this.onmessage?.({ data: message } as MessageEvent<FromWorker>);
  }
  die(): void {
    this.onerror?.({ message: 'out of memory' } as ErrorEvent);
  }
  get lastId(): number {
    return this.sent.at(-1)?.id ?? 0;
  }
}

function setUp() {
  const workers: FakeWorker[] = [];
  const onRestart = vi.fn<(client: EngineClient) => void>();
  const client = new EngineClient(() => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker;
  }, onRestart);
  const worker = (i: number) => workers[i] ?? expect.fail(`worker ${String(i)} was never made`);
  return { client, workers, worker, onRestart };
}
const request = { kind: 'spiral', seed: 1, size: 64, noise: 1 };
const rendering = { file: new Blob([]), kind: 'spiral', caption: '', conditional: new Float32Array(37) };

describe('the client', () => {
  it('gives each request its own answer, whatever their order', async () => {
    const { client, worker } = setUp();
    const first = client.call('render', request);
    const second = client.call('render', request);
    const [a, b] = worker(0).sent;
    worker(0).answer({ id: b?.id ?? 0, value: { ...rendering, caption: 'second' } });
    worker(0).answer({ id: a?.id ?? 0, value: { ...rendering, caption: 'first' } });
    expect((await first).caption).toBe('first');
    expect((await second).caption).toBe('second');
  });

  it('passes on the sentence of an error and stays open', async () => {
    const { client, worker } = setUp();
    const call = client.call('render', request);
    worker(0).answer({ id: worker(0).lastId, error: { code: 'bad_file', message: 'a.png is cut off.' } });
    await expect(call).rejects.toThrow('a.png is cut off.');
    expect(client.open).toBe(true);
    expect(worker(0).terminated).toBe(false);
  });

  it('tells progress until the answer', async () => {
    const { client, worker } = setUp();
    const parts: number[] = [];
    const call = client.call(
      'unpack',
      { name: 'a.zip', file: new Blob([]) },
      { onProgress: (part) => parts.push(part) },
    );
    const id = worker(0).lastId;
    worker(0).answer({ id, progress: 0.5 });
    worker(0).answer({ id, value: { files: [], refused: [] } });
    worker(0).answer({ id, progress: 0.9 });
    await call;
    expect(parts).toEqual([0.5]);
  });

  it('rejects everything when the worker dies, and goes on with a fresh one', async () => {
    const { client, workers, worker, onRestart } = setUp();
    const warm = client.call('render', request);
    worker(0).answer({ id: worker(0).lastId, value: rendering });
    await warm;
    const lost = [client.call('render', request), client.call('render', request)];
    worker(0).die();
    for (const call of lost) await expect(call).rejects.toMatchObject({ code: 'worker_died' });
    expect(worker(0).terminated).toBe(true);
    expect(workers).toHaveLength(2);
    expect(onRestart).toHaveBeenCalledExactlyOnceWith(client);
    const again = client.call('render', request);
    worker(1).answer({ id: worker(1).lastId, value: rendering });
    await expect(again).resolves.toBe(rendering);
  });

  it('stays closed when the replacement dies before it has answered anything', async () => {
    const { client, workers, worker } = setUp();
    const warm = client.call('render', request);
    worker(0).answer({ id: worker(0).lastId, value: rendering });
    await warm;
    worker(0).die();
    const lost = client.call('render', request);
    worker(1).die();
    await expect(lost).rejects.toThrow(/reload the page/);
    await expect(client.call('render', request)).rejects.toThrow(/reload the page/);
    expect(workers).toHaveLength(2);
    expect(client.open).toBe(false);
  });

  it('does not take waking up for an answer: what dies each time it loads stays closed', async () => {
    const { client, workers, worker } = setUp();
    const warm = client.call('render', request);
    worker(0).answer({ id: worker(0).lastId, value: rendering });
    await warm;
    worker(0).die();
    const waking = client.call('prepare', { engine: '' });
    worker(1).answer({ id: worker(1).lastId, value: null });
    await waking;
    worker(1).die();
    expect(workers).toHaveLength(2);
    expect(client.open).toBe(false);
  });

  it('replaces a worker whose memory can no longer be trusted', async () => {
    const { client, workers, worker } = setUp();
    const warm = client.call('render', request);
    worker(0).answer({ id: worker(0).lastId, value: rendering });
    await warm;
    const call = client.call('render', request);
    worker(0).answer({ id: worker(0).lastId, error: { code: 'internal', message: 'trap', fatal: true } });
    await expect(call).rejects.toThrow('trap');
    expect(worker(0).terminated).toBe(true);
    expect(workers).toHaveLength(2);
  });

  it('does not start again and again what fails each time', async () => {
    const { client, workers, worker } = setUp();
    const broken = { code: 'internal', message: 'trap', fatal: true };
    const warm = client.call('render', request);
    worker(0).answer({ id: worker(0).lastId, value: rendering });
    await warm;
    for (const i of [0, 1]) {
      const call = client.call('render', request);
      worker(i).answer({ id: worker(i).lastId, error: broken });
      await expect(call).rejects.toThrow('trap');
    }
    expect(workers).toHaveLength(2);
    expect(client.open).toBe(false);
  });

  it('ignores what a dead worker still says', async () => {
    const { client, worker } = setUp();
    const warm = client.call('render', request);
    worker(0).answer({ id: worker(0).lastId, value: rendering });
    await warm;
    worker(0).die();
    const call = client.call('render', request);
    worker(0).answer({ id: worker(1).lastId, value: { ...rendering, caption: 'a ghost' } });
    worker(1).answer({ id: worker(1).lastId, value: { ...rendering, caption: 'alive' } });
    expect((await call).caption).toBe('alive');
  });

  it('cancels at once and tells the worker', async () => {
    const { client, worker } = setUp();
    const stop = new AbortController();
    const call = client.call('render', request, { signal: stop.signal });
    const id = worker(0).lastId;
    stop.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(worker(0).sent.at(-1)).toEqual({ id, kind: 'cancel' });
    worker(0).answer({ id, value: rendering }); // too late, and harmless
  });

  it('sends nothing that is cancelled before it starts', async () => {
    const { client, worker } = setUp();
    await expect(client.call('render', request, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(worker(0).sent).toEqual([]);
  });

  it('settles what cannot even be sent', async () => {
    const { client, worker } = setUp();
    worker(0).postMessage = () => {
      throw new DOMException('could not be cloned', 'DataCloneError');
    };
    await expect(client.call('render', request)).rejects.toBeInstanceOf(EngineError);
  });
});
