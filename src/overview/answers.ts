/** Answers to what somebody asks about a cluster: why a Service has its address, and what an edit would do. Plain JSON. */
import type { StyledSection } from '../base/styled-text.ts';

export type ExplainAnswer = {
  /** What `berth explain` prints. */
  readonly sections: readonly StyledSection[];
  readonly ways: readonly ServiceWay[];
  /** Sentences, without a full stop, about what could not be read. */
  readonly unread: readonly string[];
};

/** The part of an explanation that is answered at once: why a Service has its address. */
export type HeldExplanation = {
  /** Null where it cannot be said without reading the cluster. */
  readonly sections: readonly StyledSection[] | null;
};

/** How traffic gets to the addresses of a Service, by one who announces them. */
export type ServiceWay = {
  readonly by: 'calico' | 'bgp-speakers' | 'layer2-speakers';
  /** Null for all addresses of the Service. */
  readonly address: string | null;
  /** Null if that is not known. */
  readonly announced: boolean | null;
  /** One sentence. */
  readonly says: string;
  readonly nodes: readonly WayNode[];
  /** By BGP. A router has a route for each prefix that it learns, and none where it learns nothing. */
  readonly routers: readonly { readonly router: string; readonly routes: readonly WayRoute[] }[];
};

export type WayNode = {
  readonly node: string;
  /** Traffic arrives by it. */
  readonly leads: boolean;
  /** Ends `n1 …`; '' where there is nothing to add. */
  readonly says: string;
};

export type WayRoute = {
  readonly prefix: string;
  /** Nodes that the router sends traffic to; their number is the width of ECMP. */
  readonly from: readonly string[];
};

export type PlanAnswer = {
  readonly verdict: /** Nothing in use would change. */
    | 'unchanged'
    /** An address, a route, a session or an owner that is in use would change. */
    | 'changes'
    /** Not everything could be checked. */
    | 'partial';
  /** What `berth plan` prints. */
  readonly sections: readonly StyledSection[];
};

export type ObjectAnswer = {
  /** As one would write it, without what the API server added. */
  readonly yaml: string;
};
