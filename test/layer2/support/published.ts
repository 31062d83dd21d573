/** Speakers as they publish themselves, and their Pods. */
import type {
  Layer2Pod,
  PublishedInterface,
  PublishedSpeaker,
} from '../../../src/layer2/membership/speaker-presence.ts';

export const nic = (name: string): PublishedInterface => ({
  name,
  mac: '02:00:00:00:00:01',
  families: { 4: true, 6: true },
  subnets: null,
  addresses: null,
});
export const speaker = (node: string, fields: Partial<PublishedSpeaker> = {}): PublishedSpeaker => ({
  ...{
    node,
    pod: '',
    hasStopped: false,
    interfaces: [nic('eth0')],
    address: null,
    lost: [],
    ...{ linked: [], returned: [], boot: '', sequence: 0 },
    conflicts: [],
  },
  ...fields,
});
export const pod = (node: string, fields: Partial<Layer2Pod> = {}): Layer2Pod => ({
  ...{ name: `speaker-${node}`, node, isReady: true, isDeleting: false, metallb: null },
  ...fields,
});
