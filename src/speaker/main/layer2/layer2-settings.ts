/** Layer 2 as the flags of the speaker say: the wire, BFD between the speakers, and their common secret. */
import { randomBytes } from 'node:crypto';
import type { Millis } from '../../../base/clock.ts';
import { createBfdSessions } from '../../../bfd/transport/create-sessions.ts';
import { WireThread } from '../../../layer2/transport/wire-thread.ts';
import { type Address, parseAddress } from '../../../net/address.ts';
import { unusableParts } from '../../../net/special-ranges.ts';
import type { Log } from '../../../observe/log.ts';
import { systemClock } from '../../../workqueue/system-clock.ts';
import type { Layer2Settings } from './layer2-program.ts';
import type { SecretSource } from './secret-source.ts';

export type Layer2Flags = {
  readonly layer2: string;
  readonly 'l2-failback': string;
  readonly 'l2-failback-delay': Millis;
  readonly 'l2-isolated': string;
  readonly 'ml-bindaddr': string;
  readonly 'ml-bindport': number;
  readonly 'ml-secret-key': string;
  readonly 'ml-secret-key-path': string;
  readonly 'ml-secret-name': string;
  readonly 'view-host': string;
};

/** Two processes never share such a number. */
const BOOT_OCTETS = 8;

/** `script` is the path of this program, built: the wire runs in a thread of it. Null where layer 2 is off. */
export function layer2Settings(flags: Layer2Flags, script: string | null, log: Log): Layer2Settings | null {
  if (flags.layer2 === 'off') return null;
  if (script === null) {
    log.info('layer 2 is off: it needs the built program');
    return null;
  }
  const address = parseAddress(flags['ml-bindaddr']);
  return {
    openWire: (options) => WireThread.open(script, options),
    keepsOwner: flags['l2-failback'] !== 'always',
    failbackDelay: flags['l2-failback-delay'],
    keepsWhenIsolated: flags['l2-isolated'] === 'keep',
    address: address.ok ? address.value : null,
    hostAddress: hostAddress(flags['view-host']),
    mesh: {
      sessions: createBfdSessions({
        ...{ script, clock: systemClock },
        failed: (because) => log.warn('BFD between the speakers ended, and starts again', { because }),
      }),
      port: flags['ml-bindport'],
      secret: secretSource(flags),
      boot: randomBytes(BOOT_OCTETS).toString('hex'),
    },
  };
}

/** Of the machine or the Pod, which uses the machine's network; null for the default, which is a loopback address. */
export function hostAddress(text: string): Address | null {
  const parsed = parseAddress(text);
  if (!parsed.ok) return null;
  const { family, bits } = parsed.value;
  return unusableParts({ family, first: bits, last: bits }).length === 0 ? parsed.value : null;
}

/** A secret that is given counts before the Secret of the cluster. */
function secretSource(flags: Layer2Flags): SecretSource {
  const { 'ml-secret-key': text, 'ml-secret-key-path': path, 'ml-secret-name': name } = flags;
  if (path !== '') return { kind: 'file', path };
  return text === '' ? { kind: 'object', name } : { kind: 'text', text };
}
