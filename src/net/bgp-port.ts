/** TCP port of BGP (RFC 4271 8.2.1). */
export const BGP_PORT = 179;
