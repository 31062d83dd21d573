/** The routing daemons that are tested. */
export const DAEMONS = ['BIRD 2', 'BIRD 1.6.8', 'FRR', 'GoBGP'] as const;
export type Daemon = (typeof DAEMONS)[number];
