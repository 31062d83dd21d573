/** The explanation of one address, for people and for programs. */

import type { AddressExplanation, AddressHolder } from '../../../allocation/explain/explain-address.ts';
import { wrap } from '../../../base/text.ts';
import { formatAddress } from '../../../net/address.ts';
import type { Colorize } from '../../framework/color.ts';
import { COLUMNS_MAX } from '../../framework/command.ts';

export function printAddressExplanation(explanation: AddressExplanation, paint: Colorize): string {
  const { address, pools, holders, grantable, because: reason } = explanation;
  const verdict = grantable
    ? paint('green', 'free')
    : paint('yellow', holders.length > 0 ? 'in use' : 'not to be had');
  const text = [
    `${paint('bold', formatAddress(address))} ${verdict}: ${reason}`,
    ...pools.map((one) =>
      bulletLine(
        `pool ${one.pool} ${one.grants ? 'grants it' : `lists it and does not grant it: ${one.because ?? ''}`}`,
      ),
    ),
    ...holders.map((holder) => bulletLine(describeHolder(holder))),
  ];
  return `${text.join('\n')}\n`;
}

const bulletLine = (text: string): string => `  ${wrap(text, COLUMNS_MAX - 4).join('\n    ')}`;

function describeHolder({ key, pool, since, sharingKey, ports }: AddressHolder): string {
  const parts = [
    `held by Service ${key}`,
    ...(since === null ? [] : [`since ${since}`]),
    pool === null ? 'written there by somebody else' : `from pool ${pool}`,
    `for ${ports.length === 0 ? 'no port' : ports.join(' ')}`,
    ...(sharingKey === null ? [] : [`shared under the key ${JSON.stringify(sharingKey)}`]),
  ];
  return parts.join(', ');
}

/** For `-o json` and `-o yaml`. */
export const addressJson = ({ address, ...rest }: AddressExplanation) => ({
  address: formatAddress(address),
  ...rest,
});
