/**
 * State of one BIRD and its files over time. confd never replaces a good main file by one that BIRD cannot parse. Included
 * files it always replaces; when they do not parse, BIRD keeps the configuration that it loaded before, until a restart.
 */
import type { ConfigErrors, IncludedConfig, MainConfig, ResolvedSession } from '../confd/bird-config.ts';

export type LoadedConfig = { readonly main: MainConfig; readonly included: IncludedConfig };

export type BirdProcess = {
  /** The last main file that parsed; null where there has been none. */
  readonly main: MainConfig | null;
  readonly included: IncludedConfig;
  readonly includedErrors: ConfigErrors;
  /** Errors in the newest main file, which confd therefore did not install. */
  readonly mainErrors: ConfigErrors;
  /** The configuration in force; null while BIRD is down. */
  readonly loaded: LoadedConfig | null;
};

export type WrittenConfig = Omit<BirdProcess, 'loaded' | 'main'> & { readonly main: MainConfig };

/** The state after confd has written its files; `before` is null at the first start. */
export function reloadConfig(
  before: BirdProcess | null,
  { main, mainErrors, included, includedErrors }: WrittenConfig,
): BirdProcess {
  const effectiveMain = mainErrors.length === 0 ? main : (before?.main ?? null);
  const parses = effectiveMain !== null && includedErrors.length === 0;
  return {
    main: effectiveMain,
    included,
    includedErrors,
    mainErrors,
    loaded: parses
      ? { main: keepStarted(before?.loaded?.main ?? null, effectiveMain), included }
      : (before?.loaded ?? null),
  };
}

/**
 * Of several protocols with one address and port, BIRD starts the first in its file; and it goes on with that one while it
 * stays as it is, wherever others come into the file.
 */
function keepStarted(before: MainConfig | null, next: MainConfig): MainConfig {
  if (before === null || before === next || !next.sessions.some(({ kind }) => kind !== 'mesh')) return next;
  const waiting = waitingSessions(next);
  if (waiting.length === 0) return next;
  const running = new Map(before.sessions.map((one) => [one.name, one]));
  const stopped = new Set(waitingSessions(before).map(({ name }) => name));
  const kept = new Set(
    waiting.filter((one) => {
      const known = running.get(one.name);
      return known !== undefined && !stopped.has(one.name) && isSameProtocol(known, one);
    }),
  );
  if (kept.size === 0) return next;
  return { ...next, sessions: [...kept, ...next.sessions.filter((one) => !kept.has(one))] };
}

/** Sessions with the address and port of one before them. */
function waitingSessions({ sessions }: MainConfig): readonly ResolvedSession[] {
  const seen = new Set<string>();
  return sessions.filter(({ peer, port }) => {
    const remote = `${peer.bits} ${port}`;
    const isLater = seen.has(remote);
    seen.add(remote);
    return isLater;
  });
}

/** Whether BIRD keeps the protocol when it reloads; filters can change without a restart of the session. */
const isSameProtocol = (a: ResolvedSession, b: ResolvedSession): boolean =>
  a.localAS === b.localAS &&
  a.remoteAS === b.remoteAS &&
  a.resolvedPassword === b.resolvedPassword &&
  a.ttlSecurity === b.ttlSecurity &&
  a.nextHop === b.nextHop &&
  a.isReflectorClient === b.isReflectorClient;

/** The state after a restart: BIRD loads the files on disk, or does not run. */
export const restartBird = (bird: BirdProcess): BirdProcess => ({
  ...bird,
  loaded:
    bird.main !== null && bird.includedErrors.length === 0
      ? { main: bird.main, included: bird.included }
      : null,
});

/** The state, with the terms of the recorded cases. */
export function describeBirdState({ loaded, includedErrors }: BirdProcess): string {
  if (loaded === null) return 'daemon down, files on disk do not parse';
  return includedErrors.length > 0 ? 'running, files on disk do not parse' : 'running';
}
