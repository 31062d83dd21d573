/**
 * A wire in a process of its own, which runs in a network namespace: commands come as lines of JSON, events leave as such.
 * Addresses are texts in both.
 */
import { createInterface } from 'node:readline';
import type { Layer2Wire, WireEvent } from '../../../../src/layer2/packets/layer2-wire.ts';
import { WireThread } from '../../../../src/layer2/transport/wire-thread.ts';
import { type Address, formatAddress, parseAddress } from '../../../../src/net/address.ts';

const WORKER = new URL('./wire-worker.mjs', import.meta.url);

export type ProgramCommand =
  | {
      readonly kind: 'own';
      readonly table: readonly {
        readonly address: string;
        readonly interfaces?: readonly string[];
        readonly isProbed?: boolean;
      }[];
    }
  | { readonly kind: 'speakers'; readonly macs: readonly string[] }
  | { readonly kind: 'exclude'; readonly patterns: readonly string[] }
  | { readonly kind: 'defend'; readonly address: string; readonly interface: string }
  | { readonly kind: 'resume' }
  /** Blocks the main thread for that many milliseconds of each hundred. */
  | { readonly kind: 'busy'; readonly millis: number }
  | { readonly kind: 'close' }
  /** Ends without closing the wire. */
  | { readonly kind: 'exit' };

const print = (value: unknown): void => {
  const text = JSON.stringify(value, (_, one: unknown) => (isAddress(one) ? formatAddress(one) : one));
  process.stdout.write(`${text}\n`);
};

const isAddress = (value: unknown): value is Address =>
  typeof value === 'object' && value !== null && 'family' in value && 'bits' in value;

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new Error(`${text} ${parsed.error}`);
  return parsed.value;
}

function perform(wire: Layer2Wire, command: ProgramCommand): void {
  switch (command.kind) {
    case 'own':
      wire.setOwned(
        command.table.map(({ address: text, interfaces = null, isProbed = false }) => ({
          address: address(text),
          interfaces,
          isProbed,
        })),
      );
      break;
    case 'speakers':
      wire.setSpeakers(command.macs);
      break;
    case 'exclude':
      wire.setExcluded(command.patterns);
      break;
    case 'defend':
      wire.defend(address(command.address), command.interface);
      break;
    case 'resume':
      wire.resume();
      break;
    case 'busy':
      setInterval(() => {
        const end = performance.now() + command.millis;
        while (performance.now() < end);
      }, 100).unref();
      break;
    case 'close':
      void wire.close().then(() => process.stdin.destroy());
      break;
    case 'exit':
      process.exit(7);
  }
}

const wire = await WireThread.open(process.env['WIRE_SCRIPT'] ?? WORKER, {
  suspendedAfter: Number(process.env['WIRE_SUSPENDED_AFTER'] ?? 60_000),
  excluded: ['^lo$'],
  onEvent: (event: WireEvent) => print(event),
});
print(wire.ok ? { kind: 'open' } : { kind: 'refused to open', message: wire.error });
if (wire.ok)
  createInterface(process.stdin).on('line', (line) =>
    perform(wire.value, JSON.parse(line) as ProgramCommand),
  );
