/**
 * Every metric there is, in one closed list. `docs/metrics.md` says the same, and a test keeps the two in step.
 * What begins with `metallb_` has MetalLB's name, labels and meaning, so that dashboards and alerts carry over.
 */

export type MetricSpec = {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, for histograms. */
  readonly buckets?: readonly number[];
};

/** From a write that never waits to a Service that sat out a lost leader. */
const ASSIGNMENT_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
] as const;

/** From one Service at ease to a cluster edited at once. */
const CHANGE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const;

export const METRICS = {
  metallb_allocator_addresses_total: {
    type: 'gauge',
    help: 'Addresses in a pool, of both families; at most 2^53-1. Only the leader says.',
    labels: ['pool'],
  },
  metallb_allocator_ipv4_addresses_total: {
    type: 'gauge',
    help: 'IPv4 addresses in a pool. Only the leader says.',
    labels: ['pool'],
  },
  metallb_allocator_ipv6_addresses_total: {
    type: 'gauge',
    help: 'IPv6 addresses in a pool; at most 2^53-1. Only the leader says.',
    labels: ['pool'],
  },
  metallb_allocator_addresses_in_use_total: {
    type: 'gauge',
    help: 'Addresses of a pool that Services hold; one that several share counts once. Only the leader says.',
    labels: ['pool'],
  },
  metallb_allocator_ipv4_addresses_in_use_total: {
    type: 'gauge',
    help: 'IPv4 addresses of a pool that Services hold. Only the leader says.',
    labels: ['pool'],
  },
  metallb_allocator_ipv6_addresses_in_use_total: {
    type: 'gauge',
    help: 'IPv6 addresses of a pool that Services hold. Only the leader says.',
    labels: ['pool'],
  },
  metallb_allocator_services_allocated_total: {
    type: 'gauge',
    help: 'Services that hold addresses of a pool. Only the leader says.',
    labels: ['pool'],
  },
  metallb_k8s_client_updates_total: {
    type: 'counter',
    help: 'Changes of Kubernetes objects that have been processed.',
    labels: [],
  },
  metallb_k8s_client_update_errors_total: {
    type: 'counter',
    help: 'Changes of Kubernetes objects whose processing failed and will be repeated.',
    labels: [],
  },
  metallb_k8s_client_config_loaded_bool: {
    type: 'gauge',
    help: '1 once a configuration has been read since the start.',
    labels: [],
  },
  metallb_k8s_client_config_stale_bool: {
    type: 'gauge',
    help: '1 while some object is invalid, so that its last good version, or nothing, stands for it.',
    labels: [],
  },
  metallb_speaker_announced: {
    type: 'gauge',
    help: '1 for each address that this node announces.',
    labels: ['service', 'protocol', 'node', 'ip'],
  },
  metallb_bgp_session_up: {
    type: 'gauge',
    help: '1 while the session with a peer is established, else 0.',
    labels: ['peer'],
  },
  metallb_bgp_updates_total: { type: 'counter', help: 'UPDATE messages sent to a peer.', labels: ['peer'] },
  metallb_bgp_announced_prefixes_total: {
    type: 'gauge',
    help: 'Prefixes that a peer has been told and not been told to forget.',
    labels: ['peer'],
  },
  metallb_bgp_pending_prefixes_total: {
    type: 'gauge',
    help: 'Prefixes of which a peer has still to be told something.',
    labels: ['peer'],
  },
  berth_bgp_state_changes_total: {
    type: 'counter',
    help: 'Changes of the state of a session, by the new state and what caused it.',
    labels: ['peer', 'state', 'cause'],
  },
  berth_bgp_prefixes: {
    type: 'gauge',
    help: 'Prefixes that a peer has been told, by family.',
    labels: ['peer', 'family'],
  },
  berth_bgp_untold_prefixes: {
    type: 'gauge',
    help: 'Prefixes that a peer should hear and cannot be told; the log says why.',
    labels: ['peer'],
  },
  berth_bgp_routes_dropped_total: {
    type: 'counter',
    help: 'Routes that a peer sent: they are counted and dropped.',
    labels: ['peer'],
  },
  berth_bgp_change_seconds: {
    type: 'histogram',
    help: 'From a change in the cluster to the last byte about it handed to the kernel.',
    labels: [],
    buckets: CHANGE_SECONDS,
  },
  berth_assignment_seconds: {
    type: 'histogram',
    help: 'From the first sight of a Service that needs addresses until they were written.',
    labels: [],
    buckets: ASSIGNMENT_SECONDS,
  },
  berth_services_waiting: {
    type: 'gauge',
    help: 'Services that should have an address and have none, by the reason of their condition.',
    labels: ['reason'],
  },
  berth_queue_depth: { type: 'gauge', help: 'Keys that wait for work, by queue.', labels: ['queue'] },
  berth_writes_total: {
    type: 'counter',
    help: 'Writes to the API server, by kind of object and outcome.',
    labels: ['object', 'outcome'],
  },
  berth_watch_age_seconds: {
    type: 'gauge',
    help: 'Since a watch last said anything, a bookmark included.',
    labels: ['resource'],
  },
  berth_relists_total: {
    type: 'counter',
    help: 'Full lists made because a watch could not go on, the first list not counted.',
    labels: ['resource'],
  },
  berth_leader: { type: 'gauge', help: '1 while this process holds the lease.', labels: [] },
  berth_adoption_conflicts_total: {
    type: 'counter',
    help: 'Services found holding an address that another one held with the better right.',
    labels: [],
  },
  berth_grants_total: { type: 'counter', help: 'Addresses granted from a pool.', labels: ['pool'] },
  berth_events_dropped_total: {
    type: 'counter',
    help: 'Kubernetes events given up because too many were waiting.',
    labels: [],
  },
  berth_calico_findings: {
    type: 'gauge',
    help: 'What is wrong with what Calico announces, by code and severity. Only the leader says.',
    labels: ['code', 'severity'],
  },
  berth_build_info: { type: 'gauge', help: 'Always 1; the label says what runs.', labels: ['version'] },
  process_cpu_seconds_total: { type: 'counter', help: 'CPU time used, user and system.', labels: [] },
  process_resident_memory_bytes: { type: 'gauge', help: 'Resident memory.', labels: [] },
  process_start_time_seconds: {
    type: 'gauge',
    help: 'When the process started, in seconds since the Unix epoch.',
    labels: [],
  },
  nodejs_heap_used_bytes: { type: 'gauge', help: 'Memory in use in the JavaScript heap.', labels: [] },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricName = keyof typeof METRICS;

type NamesOf<T extends MetricSpec['type']> = {
  [N in MetricName]: (typeof METRICS)[N]['type'] extends T ? N : never;
}[MetricName];

export type CounterName = NamesOf<'counter'>;
export type GaugeName = NamesOf<'gauge'>;
export type HistogramName = NamesOf<'histogram'>;

/** A value for each label of the metric, no more and no fewer. */
export type LabelsOf<N extends MetricName> = Readonly<Record<(typeof METRICS)[N]['labels'][number], string>>;
