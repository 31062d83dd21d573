/** What one user asked of an API server, as the API server's own audit log has it. */
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
  /** The status of the answer. */
  readonly code: number;
};

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

/** The log of `user`, and of nobody else. A watch is in it from the moment it is answered. */
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

  /** Everything so far, once for each request. */
  requests(): readonly AuditedRequest[] {
    const text = readFileSync(this.#path, 'utf8');
    const lines = text.slice(0, text.lastIndexOf('\n')).split('\n');
    return lines.filter((line) => line !== '').map((line) => this.#read(JSON.parse(line)));
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
