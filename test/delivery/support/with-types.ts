/** Objects of tests as files have them: with an apiVersion. */
import type { Raw } from '../../../src/base/json.ts';

const API_VERSIONS: Readonly<Record<string, string>> = {
  ...{
    Node: 'v1',
    Service: 'v1',
    EndpointSlice: 'discovery.k8s.io/v1',
    L2Advertisement: 'metallb.io/v1beta1',
  },
};

export const withTypes = (raw: Raw): Raw => ({ apiVersion: API_VERSIONS[`${raw['kind']}`], ...raw });
