/** What a test and its BFD process tell each other, as JSON. */
import type { BfdAuthentication, BfdSessionSpec, BfdSettings } from '../../../../../src/bfd/settings.ts';
import type { BfdStatus } from '../../../../../src/bfd/status.ts';
import { parseAddress } from '../../../../../src/net/address.ts';

export type BfdReport = {
  readonly statuses: readonly BfdStatus[];
  /** All since the start, as `plain4: Up → Down (path-down)`. */
  readonly changes: readonly string[];
  readonly failures: readonly string[];
};

/** A session as text. `keys`: by key ID; the last one is ours. */
export type TextSpec = {
  readonly key: string;
  readonly remote: string;
  readonly local: string;
  readonly interface: string | null;
  readonly minimumTtl: number | null;
  readonly keys: readonly (readonly [id: number, text: string])[];
  readonly authentication: BfdAuthentication['type'];
  readonly passive: boolean;
  readonly intervals: Pick<BfdSettings, 'desiredMinTx' | 'requiredMinRx' | 'detectMultiplier'>;
};

export const readSpecs = (json: string): readonly BfdSessionSpec[] =>
  (JSON.parse(json) as readonly TextSpec[]).map(
    ({ key, remote, local, interface: interfaceName, minimumTtl, keys, intervals, ...text }) => ({
      key,
      remote: addressOf(remote),
      local: addressOf(local),
      interface: interfaceName,
      multihop: minimumTtl !== null,
      port: null,
      settings: {
        ...intervals,
        passive: text.passive,
        minimumTtl: minimumTtl ?? 255,
        authentication:
          keys.length === 0
            ? null
            : {
                type: text.authentication,
                keys: keys.map(([id, text]) => ({ id, key: new TextEncoder().encode(text) })),
                activeKeyId: keys.at(-1)?.[0] ?? 0,
              },
      },
    }),
  );

function addressOf(text: string): BfdSessionSpec['remote'] {
  const address = parseAddress(text);
  if (!address.ok) throw new Error(`${text} ${address.error}`);
  return address.value;
}
