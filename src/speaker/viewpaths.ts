/** Where on its view port a speaker answers. */
export const VIEW_PATHS = {
  peers: '/bgp/peers',
  routes: '/bgp/routes',
  services: '/bgp/services',
} as const;
