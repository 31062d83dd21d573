/**
 * Definitions of all metrics. A test keeps `docs/metrics.md` consistent with them. Metrics with the prefix `metallb_` have
 * MetalLB's names, labels and meanings, so that its dashboards and alerts work unchanged.
 */

export type MetricSpec = {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, for histograms. */
  readonly buckets?: readonly number[];
};

/** From an immediate write to a change of leader. */
const ASSIGNMENT_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
] as const;

/** From a change of one Service to a change of the whole cluster. */
const CHANGE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const;

export const METRICS = {
  metallb_allocator_addresses_total: {
    type: 'gauge',
    help: 'Addresses in a pool, of both families; at most 2^53-1. Exported by the leader only.',
    labels: ['pool'],
  },
  metallb_allocator_ipv4_addresses_total: {
    type: 'gauge',
    help: 'IPv4 addresses in a pool. Exported by the leader only.',
    labels: ['pool'],
  },
  metallb_allocator_ipv6_addresses_total: {
    type: 'gauge',
    help: 'IPv6 addresses in a pool; at most 2^53-1. Exported by the leader only.',
    labels: ['pool'],
  },
  metallb_allocator_addresses_in_use_total: {
    type: 'gauge',
    help: 'Addresses of a pool assigned to Services; a shared address counts once. Exported by the leader only.',
    labels: ['pool'],
  },
  metallb_allocator_ipv4_addresses_in_use_total: {
    type: 'gauge',
    help: 'IPv4 addresses of a pool assigned to Services. Exported by the leader only.',
    labels: ['pool'],
  },
  metallb_allocator_ipv6_addresses_in_use_total: {
    type: 'gauge',
    help: 'IPv6 addresses of a pool assigned to Services. Exported by the leader only.',
    labels: ['pool'],
  },
  metallb_allocator_services_allocated_total: {
    type: 'gauge',
    help: 'Services with addresses of a pool. Exported by the leader only.',
    labels: ['pool'],
  },
  metallb_k8s_client_updates_total: {
    type: 'counter',
    help: 'Processed changes of Kubernetes objects.',
    labels: [],
  },
  metallb_k8s_client_update_errors_total: {
    type: 'counter',
    help: 'Changes of Kubernetes objects whose processing failed and is retried.',
    labels: [],
  },
  metallb_k8s_client_config_loaded_bool: {
    type: 'gauge',
    help: '1 once a configuration was loaded since the start.',
    labels: [],
  },
  metallb_k8s_client_config_stale_bool: {
    type: 'gauge',
    help: '1 while an object is invalid, so that its last valid version, if any, stays in effect.',
    labels: [],
  },
  metallb_speaker_announced: {
    type: 'gauge',
    help: '1 for each address that this node announces.',
    labels: ['service', 'protocol', 'node', 'ip'],
  },
  metallb_layer2_requests_received: {
    type: 'counter',
    help: 'ARP requests and neighbour solicitations for an address that this node answers for.',
    labels: ['ip'],
  },
  metallb_layer2_responses_sent: {
    type: 'counter',
    help: 'ARP replies and neighbour advertisements in answer to them.',
    labels: ['ip'],
  },
  metallb_layer2_gratuitous_sent: {
    type: 'counter',
    help: 'Gratuitous ARP packets and unsolicited neighbour advertisements.',
    labels: ['ip'],
  },
  berth_layer2_conflicts_total: {
    type: 'counter',
    help: 'Packets in which another host uses an address that this node owns, once a second for each host at most.',
    labels: ['ip'],
  },
  metallb_bgp_session_up: {
    type: 'gauge',
    help: '1 while the session with a peer is established, else 0. If several BGPPeers have its address and port: 1 while all of theirs are.',
    labels: ['peer'],
  },
  metallb_bgp_updates_total: { type: 'counter', help: 'UPDATE messages sent to a peer.', labels: ['peer'] },
  metallb_bgp_announced_prefixes_total: {
    type: 'gauge',
    help: 'Prefixes advertised to a peer.',
    labels: ['peer'],
  },
  metallb_bgp_pending_prefixes_total: {
    type: 'gauge',
    help: 'Prefixes with an UPDATE not yet sent to a peer.',
    labels: ['peer'],
  },
  metallb_bfd_session_up: {
    type: 'gauge',
    help: '1 while the BFD session with a router is up, else 0.',
    labels: ['peer', 'vrf'],
  },
  metallb_bfd_control_packet_input: {
    type: 'counter',
    help: 'BFD control packets received from a router.',
    labels: ['peer', 'vrf'],
  },
  metallb_bfd_control_packet_output: {
    type: 'counter',
    help: 'BFD control packets sent to a router.',
    labels: ['peer', 'vrf'],
  },
  metallb_bfd_echo_packet_input: {
    type: 'counter',
    help: 'Always 0: there is no echo mode.',
    labels: ['peer', 'vrf'],
  },
  metallb_bfd_echo_packet_output: {
    type: 'counter',
    help: 'Always 0: there is no echo mode.',
    labels: ['peer', 'vrf'],
  },
  metallb_bfd_session_up_events: {
    type: 'counter',
    help: 'Times that the BFD session with a router came up.',
    labels: ['peer', 'vrf'],
  },
  metallb_bfd_session_down_events: {
    type: 'counter',
    help: 'Times that the BFD session with a router went down.',
    labels: ['peer', 'vrf'],
  },
  metallb_bfd_zebra_notifications: {
    type: 'counter',
    help: 'Changes of the BFD session with a router that BGP was notified of.',
    labels: ['peer', 'vrf'],
  },
  berth_bgp_state_changes_total: {
    type: 'counter',
    help: 'State changes of a session, by new state and cause.',
    labels: ['peer', 'state', 'cause'],
  },
  berth_bgp_prefixes: {
    type: 'gauge',
    help: 'Prefixes advertised to a peer, by family.',
    labels: ['peer', 'family'],
  },
  berth_bgp_untold_prefixes: {
    type: 'gauge',
    help: 'Prefixes that cannot be advertised to a peer; `berth bgp routes` shows why.',
    labels: ['peer'],
  },
  berth_bgp_routes_dropped_total: {
    type: 'counter',
    help: 'Routes received from a peer, which are counted and dropped.',
    labels: ['peer'],
  },
  berth_bgp_change_seconds: {
    type: 'histogram',
    help: 'Time from a change in the cluster until its last UPDATE is handed to the kernel.',
    labels: [],
    buckets: CHANGE_SECONDS,
  },
  berth_assignment_seconds: {
    type: 'histogram',
    help: 'Time from observing a Service that needs addresses until they are written.',
    labels: [],
    buckets: ASSIGNMENT_SECONDS,
  },
  berth_services_waiting: {
    type: 'gauge',
    help: 'Services without an address, by the reason of their condition.',
    labels: ['reason'],
  },
  berth_queue_depth: { type: 'gauge', help: 'Keys waiting in a work queue.', labels: ['queue'] },
  berth_writes_total: {
    type: 'counter',
    help: 'Writes to the API server, by kind of object and outcome.',
    labels: ['object', 'outcome'],
  },
  berth_watch_age_seconds: {
    type: 'gauge',
    help: 'Time since the last event of a watch, bookmarks included.',
    labels: ['resource'],
  },
  berth_relists_total: {
    type: 'counter',
    help: 'Full lists after a watch could not be resumed; the initial list is not counted.',
    labels: ['resource'],
  },
  berth_leader: { type: 'gauge', help: '1 while this process holds the lease.', labels: [] },
  berth_adoption_conflicts_total: {
    type: 'counter',
    help: 'Services found with an address that belongs to another Service.',
    labels: [],
  },
  berth_grants_total: { type: 'counter', help: 'Addresses assigned from a pool.', labels: ['pool'] },
  berth_events_dropped_total: {
    type: 'counter',
    help: 'Kubernetes events dropped because the queue was full or posting them failed.',
    labels: [],
  },
  berth_calico_findings: {
    type: 'gauge',
    help: "Findings about Calico's announcements, by code and severity. Exported by the leader only.",
    labels: ['code', 'severity'],
  },
  berth_build_info: { type: 'gauge', help: 'Always 1; the label is the version.', labels: ['version'] },
  process_cpu_seconds_total: { type: 'counter', help: 'CPU time used, user and system.', labels: [] },
  process_resident_memory_bytes: { type: 'gauge', help: 'Resident memory.', labels: [] },
  process_start_time_seconds: {
    type: 'gauge',
    help: 'Start time of the process, in seconds since the Unix epoch.',
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
