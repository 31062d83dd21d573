/**
 * Reads how kube-proxy runs from its ConfigMap: that of kubeadm, or one with another name or key, as distributions and charts
 * write it. In IPVS mode each node has the addresses of all Services on an interface, and without `strictARP` the kernel answers
 * ARP for them on every node.
 */
import { type Document, parseDocument } from 'yaml';
import { fieldsOf, isObject, mapOf, type Raw, textOf } from '../base/json.ts';
import { rememberByObject } from '../base/remember.ts';
import { nameOf, namespaceOf } from '../objects/metadata.ts';

/** The ConfigMap of kubeadm. */
export const KUBE_PROXY = { namespace: 'kube-system', name: 'kube-proxy' } as const;

/** The key of its KubeProxyConfiguration, of which kubeadm may leave out the kind. */
const CONFIG_KEY = 'config.conf';

const CONFIG_KIND = 'KubeProxyConfiguration';

export type KubeProxySettings = {
  /** '' for the default, which is `iptables`. */
  readonly mode: string;
  readonly isStrictArp: boolean;
};

/** Null where the ConfigMap does not have a configuration that can be read: then the mode is not known. */
export function readKubeProxy(configMap: Raw): KubeProxySettings | null {
  const found = findConfig(configMap);
  if (found === null) return null;
  const { mode, ipvs } = found.config;
  return { mode: textOf(mode), isStrictArp: fieldsOf(ipvs)['strictARP'] === true };
}

/** The key with the configuration, and what it says. Parsed once for each object: texts may be long. */
const findConfig = rememberByObject(
  (configMap: Raw): { readonly key: string; readonly document: Document; readonly config: Raw } | null => {
    for (const [key, text] of Object.entries(mapOf(configMap['data']))) {
      if (key !== CONFIG_KEY && !text.includes(CONFIG_KIND)) continue;
      const parsed = parsedConfig(text);
      if (parsed !== null && (parsed.config['kind'] === CONFIG_KIND || isOfKubeadm(key, configMap)))
        return { key, ...parsed };
    }
    return null;
  },
);

const isOfKubeadm = (key: string, configMap: Raw): boolean =>
  key === CONFIG_KEY && [KUBE_PROXY.name, ''].includes(nameOf(configMap));

function parsedConfig(text: string): { readonly document: Document; readonly config: Raw } | null {
  const document = parseDocument(text);
  if (document.errors.length > 0) return null;
  try {
    const config: unknown = document.toJS();
    return isObject(config) ? { document, config } : null;
  } catch {
    return null; // aliases without end
  }
}

/** One or two sentences; null where kube-proxy does not answer ARP itself. `configMap` is the one that was read. */
export function kubeProxyHint(
  { mode, isStrictArp }: KubeProxySettings,
  configMap: { readonly name: string; readonly namespace: string } = KUBE_PROXY,
): string | null {
  if (mode !== 'ipvs' || isStrictArp) return null;
  return `kube-proxy is in IPVS mode without strictARP, so every node answers ARP for every address. To fix it: set ipvs.strictARP to true in the ConfigMap ${configMap.name} in ${configMap.namespace}, and restart kube-proxy: kubectl rollout restart daemonset ${KUBE_PROXY.name} -n ${configMap.namespace}`;
}

/** The hints of the ConfigMaps that configure kube-proxy, among others. */
export const kubeProxyHints = (configMaps: readonly Raw[]): readonly string[] =>
  configMaps.flatMap((raw) => {
    const settings = readKubeProxy(raw);
    const configMap = { name: nameOf(raw), namespace: namespaceOf(raw) };
    return settings === null ? [] : (kubeProxyHint(settings, configMap) ?? []);
  });

/** The merge patch that switches `strictARP` on, with all else of the text as it is; null without a configuration. */
export function strictArpPatch(configMap: Raw): Raw | null {
  const found = findConfig(configMap);
  if (found === null) return null;
  const document = found.document.clone();
  document.setIn(['ipvs', 'strictARP'], true);
  return { data: { [found.key]: document.toString() } };
}
