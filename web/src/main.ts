// The page starts here: the engine is sent for before anything is drawn, so that both come at once. ?bench is a page of its
// own, which starts no other engine beside the one that it measures.
import '@fontsource-variable/figtree';
import { mount } from 'svelte';
import './app.css';
import App from './app.svelte';
import { startEngine } from './engine/engine';
import { parseOurs, wantedEngine, wantsBench } from './state/address';
import { session } from './state/session.svelte';

const target = document.getElementById('app');

function startPage(): void {
  session.start(startEngine(wantedEngine(location.search)));
  const ours = parseOurs(location.search);
  if (!session.followAddress() && ours) void session.openOurs(ours, 'replace');
  if (target) mount(App, { target });
}

async function startBench(): Promise<void> {
  if (!target) return;
  try {
    const { default: Bench } = await import('./ui/bench/bench.svelte');
    mount(Bench, { target });
  } catch {
    target.textContent = 'This part of the page could not be fetched: check the connection, then reload.';
  }
}

if (wantsBench(location.search)) void startBench();
else startPage();
