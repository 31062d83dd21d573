/** The explanation of an address for people. */
import type { AddressHolder } from '../../allocation/explain/explain-address.ts';
import { formatAddress } from '../../net/address.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { headedLines, proseLines } from '../framework/lines.ts';
import type { AddressReport } from './address-report.ts';

export function addressLines(explanation: AddressReport, format: TextFormat): readonly string[] {
  const { paint } = format;
  const { address, pools, holders, grantable, because: reason } = explanation;
  const notFree = grantable === null ? 'not known whether it is free' : 'not available';
  const verdict = grantable ? 'free' : holders.length > 0 ? 'in use' : notFree;
  const style = grantable ? 'green' : 'yellow';
  const shown = formatAddress(address);
  const details = [
    ...pools.flatMap((one) =>
      one.grants
        ? `pool ${one.pool} assigns it`
        : one.because === reason
          ? []
          : `pool ${one.pool} contains it and does not assign it: ${one.because ?? ''}`,
    ),
    ...holders.map(describeHolder),
  ];
  return [
    ...headedLines(`${shown} ${verdict}`, `: ${reason}`, format, {
      rest: 2,
      style: () => `${paint('bold', shown)} ${paint(style, verdict)}`,
    }),
    ...details.flatMap((text) => proseLines(text, format, { first: 2, rest: 4 })),
  ];
}

function describeHolder({ key, pool, since, sharingKey, ports }: AddressHolder): string {
  const parts = [
    `held by Service ${key}`,
    ...(since === null ? [] : [`since ${since}`]),
    pool === null ? 'written by another controller' : `from pool ${pool}`,
    `for ${ports.length === 0 ? 'no port' : ports.join(' ')}`,
    ...(sharingKey === null ? [] : [`shared with the key ${JSON.stringify(sharingKey)}`]),
  ];
  return parts.join(', ');
}
