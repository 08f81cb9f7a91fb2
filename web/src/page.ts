// What is on the screen: styles, the session with its engine, and the frame that shows it.
import '@fontsource-variable/figtree';
import { mount } from 'svelte';
import './app.css';
import App from './app.svelte';
import type { Engine } from './engine/engine';
import { parseOurs } from './state/address';
import { session } from './state/session.svelte';

const frame = () => document.getElementById('app'); // its place is there when somebody calls

export function show(engine: Engine | null): void {
  session.start(engine);
  const ours = parseOurs(location.search);
  if (!session.followAddress() && ours) void session.openOurs(ours, 'replace');
  const target = frame();
  if (target) mount(App, { target });
}

/** The page of ?bench, which nobody else waits for. */
export async function showBench(): Promise<void> {
  const target = frame();
  if (!target) return;
  try {
    const { default: Bench } = await import('./ui/bench/bench.svelte');
    mount(Bench, { target });
  } catch {
    target.textContent = 'This part of the page could not be fetched: check the connection, then reload.';
  }
}
