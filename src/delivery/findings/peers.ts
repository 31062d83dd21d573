/** Checks of peers: those that no node has, S4, and sessions that are not established, S18. */
import { groupBy } from '../../base/list.ts';
import { listSome, plural } from '../../base/text.ts';
import { readNodeSelectors, selectsNode } from '../../config/node-selectors.ts';
import { labelsOf, nameOf } from '../../objects/metadata.ts';
import type { SpeakerCheck, SpeakerCheckResult } from './check.ts';
import { refOfRaw, speakerObjectRef } from './snapshot.ts';

const S4: SpeakerCheck = {
  code: 'S4',
  needs: ['BGPPeer', 'Node'],
  question: 'which nodes peers select',
  find({ objectsOf, cluster, starting }) {
    const running = new Set([...cluster.running, ...starting]);
    const nodes = objectsOf('Node')
      .filter((raw) => running.has(nameOf(raw)))
      .map(labelsOf);
    return objectsOf('BGPPeer').flatMap((raw): readonly SpeakerCheckResult[] => {
      const selectors = readNodeSelectors(raw);
      if (nodes.some((labels) => selectsNode(selectors, labels))) return [];
      return [
        {
          severity: 'warning',
          object: refOfRaw(raw),
          field: 'spec.nodeSelectors',
          problem: `BGPPeer ${nameOf(raw)} selects no node with a speaker, so no node has a session with it.`,
          remedy: 'Let spec.nodeSelectors match the labels of nodes, or leave it out for all nodes.',
          explains: ({ explanation }) => explanation.bgp?.code === 'noPeer',
        },
      ];
    });
  },
};

const S18: SpeakerCheck = {
  code: 'S18',
  needs: ['SpeakerStatus'],
  question: 'which sessions are established',
  find({ sessions, objectsOf, cluster }) {
    const down = sessions.filter(({ isDown, node }) => isDown && cluster.running.includes(node));
    return [...groupBy(down, ({ peer }) => peer)].map(([peer, own]): SpeakerCheckResult => {
      const raw = objectsOf('BGPPeer').find((one) => nameOf(one) === peer);
      const nodes = own.map(({ node }) => node);
      const error = own.find(({ lastError }) => lastError !== null)?.lastError ?? null;
      const all = sessions.filter((one) => one.peer === peer).length;
      return {
        severity: 'warning',
        object: raw === undefined ? speakerObjectRef('BGPPeer', peer, cluster.namespace) : refOfRaw(raw),
        field: '',
        problem: `${own.length} of ${plural(all, 'session')} with peer ${peer} ${all === 1 ? 'is' : 'are'} down (${listSome(nodes)}). ${error === null ? 'The speaker reports no error yet.' : `Last error: ${error}`}`,
        remedy:
          'berth bgp peers shows each session; compare AS numbers, address, port and password with the router.',
        explains: ({ routes }) => routes.some(({ via }) => via.some((one) => one.peer === peer)),
      };
    });
  },
};

export const PEER_CHECKS: readonly SpeakerCheck[] = [S4, S18];
