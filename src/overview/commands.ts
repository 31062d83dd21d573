/** Commands that show more about an object, as problems name them: without the name of the program. */
import { type ServiceKey, splitServiceKey } from '../objects/service.ts';

/** Commands look here unless a flag names another namespace. */
const DEFAULT_NAMESPACE = 'metallb-system';

const flag = (name: string, namespace: string): string =>
  namespace === DEFAULT_NAMESPACE ? '' : ` --${name} ${namespace}`;

/** `namespace` is that of the pools and the controller; without it, the flag is left to whoever has it. */
export function explainCommand(key: ServiceKey, namespace = DEFAULT_NAMESPACE): string {
  const { namespace: of, name } = splitServiceKey(key);
  return `explain service ${name} -n ${of}${flag('pool-namespace', namespace)}`;
}

export const explainAllCommand = (namespace: string): string =>
  `explain service -A${flag('pool-namespace', namespace)}`;

export const explainAddressCommand = (address: string, namespace: string): string =>
  `explain address ${address}${flag('pool-namespace', namespace)}`;

/** A command of the speakers: `bgp peers --node worker-1`, `l2 owners`. */
export const speakerCommand = (command: string, namespace: string): string =>
  `${command}${flag('speaker-namespace', namespace)}`;
