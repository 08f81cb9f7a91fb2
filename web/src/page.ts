// What is on the screen: styles, the session with its engine, and the frame that shows it.
import '@fontsource-variable/figtree';
import { mount } from 'svelte';
import './app.css';
import App from './app.svelte';
import type { Engine } from './engine/engine';
import { parseOurs } from './state/address';
import { session } from './state/session.svelte';

export function show(engine: Engine | null): void {
  session.start(engine);
  const ours = parseOurs(location.search);
  if (!session.followAddress() && ours) void session.openOurs(ours, 'replace');
  const target = document.getElementById('app');
  if (target) mount(App, { target });
}
