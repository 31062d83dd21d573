/**
 * Reads how kube-proxy runs from its ConfigMap, as kubeadm writes it. In IPVS mode each node has the addresses of all Services
 * on an interface, and without `strictARP` the kernel answers ARP for them on every node.
 */
import { parse, parseDocument } from 'yaml';
import { fieldsOf, type Raw, textOf } from '../base/json.ts';

/** The ConfigMap. */
export const KUBE_PROXY = { namespace: 'kube-system', name: 'kube-proxy' } as const;

/** The key of its KubeProxyConfiguration. */
const CONFIG_KEY = 'config.conf';

export type KubeProxySettings = {
  /** '' for the default, which is `iptables`. */
  readonly mode: string;
  readonly isStrictArp: boolean;
};

/** Null where the ConfigMap does not have a configuration that can be read: then the mode is not known. */
export function readKubeProxy(configMap: Raw): KubeProxySettings | null {
  const text = textOf(fieldsOf(configMap['data'])[CONFIG_KEY]);
  if (text === '') return null;
  try {
    const { mode, ipvs } = fieldsOf(parse(text));
    return { mode: textOf(mode), isStrictArp: fieldsOf(ipvs)['strictARP'] === true };
  } catch {
    return null;
  }
}

/** One or two sentences; null where kube-proxy does not answer ARP itself. */
export const kubeProxyHint = ({ mode, isStrictArp }: KubeProxySettings): string | null =>
  mode === 'ipvs' && !isStrictArp
    ? `kube-proxy is in IPVS mode without strictARP, so every node answers ARP for every address. To fix it: set ipvs.strictARP to true in the ConfigMap ${KUBE_PROXY.name} in ${KUBE_PROXY.namespace}, and restart kube-proxy: kubectl rollout restart daemonset ${KUBE_PROXY.name} -n ${KUBE_PROXY.namespace}`
    : null;

/** The merge patch that switches `strictARP` on, with all else of the text as it is; null without a configuration. */
export function strictArpPatch(configMap: Raw): Raw | null {
  const text = textOf(fieldsOf(configMap['data'])[CONFIG_KEY]);
  if (readKubeProxy(configMap) === null) return null;
  const document = parseDocument(text);
  document.setIn(['ipvs', 'strictARP'], true);
  return { data: { [CONFIG_KEY]: document.toString() } };
}
