/** The requests of one user, by the audit log of the API server. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A request for a resource. `namespace` and `name` are null where the request names none. */
export type AuditedRequest = {
  readonly verb: string;
  readonly group: string;
  /** With its subresource: `services/status`. */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
  /** The status of the response. */
  readonly code: number;
};

/** Kubernetes grants them to everybody, by the role `system:public-info-viewer`. */
const PUBLIC_PATHS: ReadonlySet<string> = new Set(['/version']);

type AuditEvent = {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
};

/** The audit log of `user` only. A watch is in it once its response begins. */
export class AuditLog {
  readonly #path: string;
  readonly #user: string;
  readonly flags: readonly string[];

  constructor(folder: string, user: string) {
    this.#path = join(folder, 'audit.log');
    this.#user = user;
    const policy = join(folder, 'audit-policy.yaml');
    writeFileSync(
      policy,
      JSON.stringify({
        apiVersion: 'audit.k8s.io/v1',
        kind: 'Policy',
        omitStages: ['RequestReceived'],
        rules: [{ level: 'Metadata', users: [user] }, { level: 'None' }],
      }),
    );
    this.flags = [`--audit-policy-file=${policy}`, `--audit-log-path=${this.#path}`];
  }

  /** All requests so far, each once. */
  requests(): readonly AuditedRequest[] {
    const text = readFileSync(this.#path, 'utf8');
    const lines = text.slice(0, text.lastIndexOf('\n')).split('\n');
    return lines.flatMap((line) => {
      if (line === '') return [];
      const event: AuditEvent = JSON.parse(line);
      return PUBLIC_PATHS.has(event.requestURI) ? [] : [this.#read(event)];
    });
  }

  #read({ verb, requestURI, user, objectRef, responseStatus }: AuditEvent): AuditedRequest {
    assert.equal(user.username, this.#user);
    assert.ok(objectRef, `${verb} ${requestURI} asks for no resource: no role of ours grants that`);
    const { apiGroup = '', resource, subresource, namespace, name } = objectRef;
    return {
      verb,
      group: apiGroup,
      resource: subresource === undefined ? resource : `${resource}/${subresource}`,
      namespace: namespace ?? null,
      name: name ?? null,
      code: responseStatus?.code ?? 0,
    };
  }
}
