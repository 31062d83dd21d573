/** HTTP paths of the status API. */
export const STATUS_API_PATHS = {
  peers: '/bgp/peers',
  routes: '/bgp/routes',
  services: '/bgp/services',
} as const;
