/**
 * One BIRD and its files over time. A main file that does not parse is not put in place where a good one stands; included
 * files always are, and then BIRD goes on with all that it loaded before, until it is started again.
 */
import type { ConfigErrors, IncludedConfig, MainConfig } from '../confd/bird-config.ts';

export type LoadedConfig = { readonly main: MainConfig; readonly included: IncludedConfig };

export type BirdProcess = {
  /** The last main file that parsed; null where there has been none. */
  readonly main: MainConfig | null;
  readonly included: IncludedConfig;
  readonly includedErrors: ConfigErrors;
  /** What confd would like to put in place and must not, or never could. */
  readonly mainErrors: ConfigErrors;
  /** What BIRD goes by; null while it is down. */
  readonly loaded: LoadedConfig | null;
};

export type WrittenConfig = Omit<BirdProcess, 'loaded' | 'main'> & { readonly main: MainConfig };

/** confd has written its files; `before` is null at the first start. */
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

/** BIRD was started again: it goes by what is on disk, or not at all. */
export const restartBird = (bird: BirdProcess): BirdProcess => ({
  ...bird,
  loaded:
    bird.main !== null && bird.includedErrors.length === 0
      ? { main: bird.main, included: bird.included }
      : null,
});

/** As the observed cases call it. */
export function describeBirdState({ loaded, includedErrors }: BirdProcess): string {
  if (loaded === null) return 'daemon down, files on disk do not parse';
  return includedErrors.length > 0 ? 'running, files on disk do not parse' : 'running';
}
