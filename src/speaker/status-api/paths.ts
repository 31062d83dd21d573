/** Where on its view port a speaker answers. */
export const STATUS_API_PATHS = {
  peers: '/bgp/peers',
  routes: '/bgp/routes',
  services: '/bgp/services',
} as const;
