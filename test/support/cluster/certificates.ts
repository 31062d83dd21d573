/**
 * The certificates of a cluster: one authority, and for each component a key pair that it has signed, with a kubeconfig.
 * Kubernetes reads user and groups from the subject: CN and O.
 */
import 'reflect-metadata'; // the library needs it to be loaded first
import { webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;
/** For nodes whose clocks are behind; all have one clock here, but not to the second of a certificate. */
const BACKDATE_MS = 60_000;

export type CertificateFiles = { readonly certificate: string; readonly key: string };

type Identity = {
  readonly user: string;
  readonly groups?: readonly string[];
  /** Names and addresses of a server. */
  readonly names?: readonly string[];
};

export class CertificateAuthority {
  readonly #folder: string;
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #issuer = 'CN=berth test cluster';
  #serial = 1;

  private constructor(folder: string, keys: webcrypto.CryptoKeyPair) {
    this.#folder = folder;
    this.#keys = keys;
  }

  /** Creates the authority; its certificate is `ca.crt` in the folder, beside all that it signs. */
  static async create(folder: string): Promise<CertificateAuthority> {
    const keys = await generateKeys();
    const authority = new CertificateAuthority(folder, keys);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: authority.#nextSerial(),
      name: authority.#issuer,
      ...validity(),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
      ],
    });
    writeFileSync(authority.certificateFile, certificate.toString('pem'));
    writeFileSync(authority.keyFile, await privateKeyText(keys), { mode: 0o600 });
    return authority;
  }

  get certificateFile(): string {
    return join(this.#folder, 'ca.crt');
  }

  get keyFile(): string {
    return join(this.#folder, 'ca.key');
  }

  /** Writes `NAME.crt` and `NAME.key`. */
  async sign(name: string, { user, groups = [], names = [] }: Identity): Promise<CertificateFiles> {
    const keys = await generateKeys();
    const certificate = await X509CertificateGenerator.create({
      serialNumber: this.#nextSerial(),
      subject: [...groups.map((group) => ({ O: [group] })), { CN: [user] }],
      issuer: this.#issuer,
      ...validity(),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        ...(names.length === 0 ? [] : [alternativeNames(names)]),
      ],
    });
    const files = {
      certificate: join(this.#folder, `${name}.crt`),
      key: join(this.#folder, `${name}.key`),
    };
    writeFileSync(files.certificate, certificate.toString('pem'));
    writeFileSync(files.key, await privateKeyText(keys), { mode: 0o600 });
    return files;
  }

  /** Writes a kubeconfig for a client, and returns its path. */
  async kubeconfig(name: string, server: string, identity: Identity): Promise<string> {
    const { certificate, key } = await this.sign(name, identity);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server, 'certificate-authority': this.certificateFile } }],
      users: [{ name: 'test', user: { 'client-certificate': certificate, 'client-key': key } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      'current-context': 'test',
    };
    const path = join(this.#folder, `${name}.kubeconfig`);
    writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
    return path;
  }

  #nextSerial(): string {
    return (this.#serial++).toString(16).padStart(2, '0');
  }
}

const generateKeys = async (): Promise<webcrypto.CryptoKeyPair> =>
  await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

const alternativeNames = (names: readonly string[]): SubjectAlternativeNameExtension =>
  new SubjectAlternativeNameExtension(
    names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
  );

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + DAY_MS) };
}

async function privateKeyText({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey));
  const lines = der.toString('base64').replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN PRIVATE KEY-----\n${lines}-----END PRIVATE KEY-----\n`;
}
