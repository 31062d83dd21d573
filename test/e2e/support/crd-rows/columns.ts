/** Name, type and, if any, priority of each printer column, except for NAME. */
export const COLUMNS: readonly [kind: string, names: string][] = [
  [
    'IPAddressPool',
    'Auto Assign:boolean, Avoid Buggy IPs:boolean, Addresses:string, Used IPv4:integer, Free IPv4:integer, Used IPv6:integer, Free IPv6:integer, Valid:string',
  ],
  [
    'BGPAdvertisement',
    'IPAddressPools:string, IPAddressPool Selectors:string, Peers:string, Node Selectors:string:10',
  ],
  [
    'L2Advertisement',
    'IPAddressPools:string, IPAddressPool Selectors:string, Interfaces:string, Node Selectors:string:10',
  ],
  ['BGPPeer', 'Address:string, ASN:string, BFD Profile:string, Multi Hops:string'],
  [
    'BFDProfile',
    'Passive Mode:boolean, Transmit Interval:integer, Receive Interval:integer, Multiplier:integer',
  ],
  ['Community', 'Age:date'],
  ['ServiceL2Status', 'Allocated Node:string, Service Name:string, Service Namespace:string'],
  ['ServiceBGPStatus', 'Node:string, Service Name:string, Service Namespace:string'],
  ['ConfigurationState', 'Result:string, ErrorSummary:string, Age:date'],
];
