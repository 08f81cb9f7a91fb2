// The address bar: ?galaxy=<kind>:<seed> opens one of ours, #teach/<step> a step of the Teach place, where =<configuration>
// may follow (see galaxy/share); ?bench measures (see galaxy/bench); ?engine=<variant> asks for a certain engine (for tests).

export interface Ours {
  kind: string;
  seed: number;
}

export function parseOurs(search: string): Ours | null {
  const match = /^([a-z_]+):(\d{1,15})$/.exec(new URLSearchParams(search).get('galaxy') ?? '');
  return match?.[1] !== undefined ? { kind: match[1], seed: Number(match[2]) } : null;
}

export const wantsBench = (search: string) => new URLSearchParams(search).has('bench');
export const wantedEngine = (search: string) => new URLSearchParams(search).get('engine');

export function addressOf(ours: Ours | null, search: string): string {
  const parameters = new URLSearchParams(search);
  parameters.delete('galaxy');
  const kept = parameters.toString();
  const galaxy = ours ? `galaxy=${ours.kind}:${String(ours.seed)}` : '';
  const query = [kept, galaxy].filter(Boolean).join('&');
  return query ? `?${query}` : location.pathname;
}

export const teachSteps = ['galaxies', 'network', 'train', 'test', 'use'] as const;
export type TeachStep = (typeof teachSteps)[number];

export function parseTeach(hash: string): { step: TeachStep; shared: string | null } | null {
  const match = /^#teach(?:\/([a-z]+))?(?:=([\w-]+))?$/.exec(hash);
  if (!match) return null;
  return { step: teachSteps.find((step) => step === match[1]) ?? 'galaxies', shared: match[2] ?? null };
}
export const teachAddress = (step: TeachStep, search: string) => `${addressOf(null, search)}#teach/${step}`;
