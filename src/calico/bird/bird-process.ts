/**
 * State of one BIRD and its files over time. confd never replaces a good main file by one that BIRD cannot parse. Included
 * files it always replaces; when they do not parse, BIRD keeps the configuration that it loaded before, until a restart.
 */
import type { ConfigErrors, IncludedConfig, MainConfig } from '../confd/bird-config.ts';

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
    loaded: parses ? { main: effectiveMain, included } : (before?.loaded ?? null),
  };
}

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
