/** Layer 2 as the flags of the speaker say: the wire, BFD between the speakers, and their common secret. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Millis } from '../../../base/clock.ts';
import type { BfdAuthentication } from '../../../bfd/settings.ts';
import { createBfdSessions } from '../../../bfd/transport/create-sessions.ts';
import { WireThread } from '../../../layer2/transport/wire-thread.ts';
import { parseAddress } from '../../../net/address.ts';
import type { Log } from '../../../observe/log.ts';
import { systemClock } from '../../../workqueue/system-clock.ts';
import type { Layer2Settings } from './layer2-program.ts';

export type Layer2Flags = {
  readonly layer2: string;
  readonly 'l2-failback': string;
  readonly 'l2-failback-delay': Millis;
  readonly 'ml-bindaddr': string;
  readonly 'ml-bindport': number;
  readonly 'ml-secret-key-path': string;
};

/** Octets of a key of Keyed SHA-1 at most (RFC 5880 4.4). */
const KEY_OCTETS = 20;
const KEY_ID = 1;
/** In MetalLB's Secret `memberlist`. */
const KEY_FILE = 'secretkey';

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
    address: address.ok ? address.value : null,
    mesh: {
      sessions: createBfdSessions({
        ...{ script, clock: systemClock },
        failed: (because) => log.warn('BFD between the speakers ended, and starts again', { because }),
      }),
      port: flags['ml-bindport'],
      authentication: readAuthentication(flags['ml-secret-key-path'], log),
    },
  };
}

/** A file, or a folder with MetalLB's key in it. Null without a secret. */
function readAuthentication(path: string, log: Log): BfdAuthentication | null {
  const secret = path === '' ? null : (readText(join(path, KEY_FILE)) ?? readText(path));
  if (secret === null) {
    log.info('packets between speakers are not authenticated, set --ml-secret-key-path');
    return null;
  }
  const key = createHash('sha256').update(secret.trim()).digest().subarray(0, KEY_OCTETS);
  return { type: 'meticulous-keyed-sha1', keys: [{ id: KEY_ID, key }], activeKeyId: KEY_ID };
}

/** Null where there is no such file, or no right to read it. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
