/** The configuration that the old ConfigMap gives: by its last good text, whatever it says now, and also when it is gone. */
import type { LegacyConfigSettings, LegacyObject } from '../../config/legacy/config-map.ts';
import type { ConfigOrigin } from './config-origin.ts';
import type { ConfigObjects, NamespaceScope } from './node-config.ts';

export type LegacyConfigState = {
  /** Of the last good text; null where there was none yet. */
  readonly objects: readonly LegacyObject[] | null;
  readonly origin: ConfigOrigin;
};

/** `configMap` is the whole object as it is now, undefined where there is none; `before` is null in a new process. */
export function nextLegacyState(
  configMap: unknown,
  before: LegacyConfigState | null,
  { name, read, namespace }: LegacyConfigSettings & NamespaceScope,
): LegacyConfigState {
  const objects = before?.objects ?? null;
  const places = before?.origin.places ?? new Map<string, string>();
  const origin = { kind: 'ConfigMap', name, places };
  if (configMap === undefined) {
    const kept = objects === null ? '' : ', what it said stays in force';
    const message = `does not exist in ${namespace}${kept}: create it, or run without --config`;
    return { objects, origin: { ...origin, issues: [{ path: '', message }] } };
  }
  const now = read(configMap, namespace);
  if (!now.ok) return { objects, origin: { ...origin, issues: now.error } };
  const placesNow = new Map(now.value.map((one) => [`${one.kind} ${one.name}`, one.place]));
  return { objects: now.value, origin: { ...origin, places: placesNow, issues: [] } };
}

/** Its objects by kind. Secrets are never part of it. */
export function legacyConfigObjects({ objects, origin }: LegacyConfigState): Omit<ConfigObjects, 'secrets'> {
  const ofKind = (kind: string): readonly unknown[] =>
    (objects ?? []).filter((one) => one.kind === kind).map(({ raw }) => raw);
  return {
    pools: ofKind('IPAddressPool'),
    advertisements: ofKind('BGPAdvertisement'),
    layer2: ofKind('L2Advertisement'),
    peers: ofKind('BGPPeer'),
    communities: ofKind('Community'),
    bfdProfiles: ofKind('BFDProfile'),
    origin,
  };
}
