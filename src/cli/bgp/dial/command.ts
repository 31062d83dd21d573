import type { Command } from '../../framework/command.ts';

export const DIAL_COMMAND = {
  name: 'bgp dial',
  summary: 'Open a BGP session with a router, and show what happens',
  usage: ['ADDRESS[:PORT] --as N --peer-as N|internal|external [FLAGS]'],
  about: [
    'Use it on a node to test whether a router accepts a session from there, before a speaker runs or when its session is not established. It prints each step with its time: states and their causes, the negotiated parameters, the number of routes.',
    'A router that already has a session with this node refuses a second one. The session is closed with Cease / Administrative Shutdown.',
  ],
  flags: {
    as: { kind: 'text', value: 'N', help: 'local AS number; required' },
    'peer-as': {
      kind: 'text',
      value: 'N',
      help: 'AS number of the router, or internal, or external for any other than the local one; required',
    },
    source: { kind: 'text', value: 'IP', help: 'local address of the session' },
    'router-id': {
      kind: 'text',
      value: 'IP',
      help: 'local BGP Identifier; default: the source, else the first IPv4 address of this node',
    },
    'password-file': { kind: 'text', value: 'FILE', help: 'file with the TCP MD5 password, in one line' },
    'ttl-security': {
      kind: 'number',
      max: 254,
      fallback: '0',
      value: 'HOPS',
      help: 'TTL security (GTSM): hops to the router at most; 0 turns it off',
    },
    hold: { kind: 'number', fallback: '90', value: 'SECONDS', help: 'hold time to offer; 0, or 3 and more' },
    announce: {
      kind: 'texts',
      value: 'PREFIX',
      help: 'advertise this prefix while the session lasts; may be repeated',
    },
    'next-hop': {
      kind: 'texts',
      value: 'IP',
      help: 'next hop of the advertised prefixes, one for each family; default: this node',
    },
    for: { kind: 'number', fallback: '10', value: 'SECONDS', help: 'duration; 0 for until Ctrl-C' },
    listen: {
      kind: 'switch',
      help: 'wait for ADDRESS to connect to PORT of this node (default 179) instead of connecting',
    },
    output: {
      kind: 'text',
      short: 'o',
      choices: ['text', 'json'],
      fallback: 'text',
      help: 'text for people; json: an object a line',
    },
  },
  examples: [
    {
      description: 'does this router accept a session from here?',
      commandLine: 'berth bgp dial 192.0.2.1 --as 64512 --peer-as 64513',
    },
  ],
  exitCodes: {
    0: 'the session was established, even if it ended later',
    1: 'the session was not established; stderr says why',
  },
} as const satisfies Command;
