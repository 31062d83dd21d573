/**
 * One BIRD and its files over time. A main file that does not parse is not put in place where a good one stands; included
 * files always are, and then BIRD goes on with all that it loaded before, until it is started again.
 */
import type { Faults, IncludedFiles, MainFile } from './birdfiles.ts';

export type Loaded = { readonly main: MainFile; readonly included: IncludedFiles };

export type Daemon = {
  /** The last main file that parsed; null where there has been none. */
  readonly main: MainFile | null;
  readonly included: IncludedFiles;
  readonly includedFaults: Faults;
  /** What confd would like to put in place and must not, or never could. */
  readonly mainFaults: Faults;
  /** What BIRD goes by; null while it is down. */
  readonly loaded: Loaded | null;
};

export type Written = Omit<Daemon, 'loaded' | 'main'> & { readonly main: MainFile };

/** confd has written its files; `before` is null at the first start. */
export function rewritten(
  before: Daemon | null,
  { main, mainFaults, included, includedFaults }: Written,
): Daemon {
  const standing = mainFaults.length === 0 ? main : (before?.main ?? null);
  const parses = standing !== null && includedFaults.length === 0;
  return {
    main: standing,
    included,
    includedFaults,
    mainFaults,
    loaded: parses ? { main: standing, included } : (before?.loaded ?? null),
  };
}

/** BIRD was started again: it goes by what is on disk, or not at all. */
export const restarted = (daemon: Daemon): Daemon => ({
  ...daemon,
  loaded:
    daemon.main !== null && daemon.includedFaults.length === 0
      ? { main: daemon.main, included: daemon.included }
      : null,
});

/** As the observed cases call it. */
export function daemonState({ loaded, includedFaults }: Daemon): string {
  if (loaded === null) return 'daemon down, files on disk do not parse';
  return includedFaults.length > 0 ? 'running, files on disk do not parse' : 'running';
}
