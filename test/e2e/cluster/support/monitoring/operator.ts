/** What the Prometheus operator makes of a PodMonitor, as far as that of `deploy/monitoring` goes. */
import { podLabel } from './pod-targets.ts';

/** An object with the fields that are read here. */
export type PodMonitor = {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly jobLabel: string;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly podMetricsEndpoints: readonly {
      readonly port: string;
      readonly path: string;
      readonly scheme: string;
      readonly authorization: {
        readonly credentials: { readonly name: string; readonly key: string };
      };
      readonly tlsConfig: { readonly insecureSkipVerify: boolean };
    }[];
  };
};

export type ScrapeAccess = {
  /** The targets of all Pods. */
  readonly targetsFile: string;
  /** The value of a key of a Secret in the namespace of the PodMonitor. */
  readonly secretValue: (name: string, key: string) => string;
};

const keep = (source: string, value: string) => ({
  ...{ action: 'keep', source_labels: [source], regex: value },
});
const rename = (source: string, target: string) => ({ source_labels: [source], target_label: target });

/** An entry of `scrape_configs` for each endpoint. */
export const scrapeConfigs = (
  { metadata: { namespace }, spec }: PodMonitor,
  { targetsFile, secretValue }: ScrapeAccess,
): readonly object[] =>
  spec.podMetricsEndpoints.map(
    ({ port, path, scheme, authorization: { credentials }, tlsConfig }, index) => ({
      job_name: `podMonitor/${namespace}/${index}`,
      scheme,
      metrics_path: path,
      authorization: { credentials: secretValue(credentials.name, credentials.key) },
      tls_config: { insecure_skip_verify: tlsConfig.insecureSkipVerify },
      file_sd_configs: [{ files: [targetsFile], refresh_interval: '1s' }],
      relabel_configs: [
        ...Object.entries(spec.selector.matchLabels).map(([name, value]) => keep(podLabel(name), value)),
        keep('__meta_kubernetes_pod_container_port_name', port),
        keep('__meta_kubernetes_pod_phase', 'Pending|Running'),
        rename('__meta_kubernetes_namespace', 'namespace'),
        rename('__meta_kubernetes_pod_name', 'pod'),
        rename('__meta_kubernetes_pod_container_name', 'container'),
        rename(podLabel(spec.jobLabel), 'job'),
      ],
    }),
  );

/** The operator's kinds, whose objects are kept as they are. */
export const operatorCrds: readonly object[] = [
  ['PodMonitor', 'podmonitors'],
  ['PrometheusRule', 'prometheusrules'],
].map(([kind = '', plural = '']) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.monitoring.coreos.com` },
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
}));
