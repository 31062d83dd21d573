/** Codes of findings about what the speakers announce; they never change. Each has a name, and a paragraph in docs/speaker-findings.md. */

export const SPEAKER_FINDING_CODES = {
  S1: 'pool-not-advertised',
  S2: 'object-invalid',
  S3: 'community-unknown',
  S4: 'peer-without-nodes',
  S5: 'advertisement-without-peers',
  S6: 'advertisement-without-nodes',
  S7: 'advertisement-without-pools',
  S8: 'no-bgp-peer',
  S9: 'exclude-label',
  S10: 'overlaps-hosts',
  S11: 'overlaps-cluster-ips',
  S12: 'outside-subnets',
  S13: 'ipvs-answers-arp',
  S14: 'calico-announces-too',
  S15: 'metallb-speakers',
  S16: 'metallb-controller',
  S17: 'other-load-balancer',
  S18: 'session-down',
  S19: 'not-announced',
  S20: 'node-without-speaker',
  S21: 'reverse-path-filter',
  S22: 'address-conflict',
  S23: 'other-namespace',
  S24: 'overlaps-pod-addresses',
} as const;

export type SpeakerFindingCode = keyof typeof SPEAKER_FINDING_CODES;
