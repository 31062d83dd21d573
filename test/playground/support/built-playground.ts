/** This fixture runs the built program as a playground, and the real kubectl with the kubeconfig that it prints. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { Program } from '../../controller/support/program.ts';
import { eventually } from '../../support/eventually.ts';
import { findKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

export class BuiltPlayground {
  readonly program: Program;
  readonly #script: string;
  readonly #homeFolder: string;

  constructor(script: string, home: string, args: readonly string[] = []) {
    this.#script = script;
    this.#homeFolder = home;
    this.program = new Program(script, ['playground', ...args], { TMPDIR: home });
  }

  waitFor(pattern: RegExp): Promise<string> {
    return eventually(() => {
      const found = pattern.exec(this.program.text);
      assert.ok(found, `${pattern} was not printed:\n${this.program.text}\n${this.program.stderr}`);
      return found[1] ?? found[0];
    });
  }

  async start(args: readonly string[]): Promise<ChildProcess> {
    const parts = findKubernetesBinaries();
    if (!parts.isAvailable) throw new Error(parts.reason);
    return this.#run(parts.kubectl, args);
  }

  async #run(program: string, args: readonly string[]): Promise<ChildProcess> {
    const kubeconfig = await this.waitFor(/export KUBECONFIG=(\S+)/);
    // A separate home folder, because kubectl caches discovery there.
    const env = { PATH: process.env['PATH'], HOME: this.#homeFolder, KUBECONFIG: kubeconfig };
    return spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** Returns the output of kubectl. Fails where it ends with an error or prints a warning. */
  kubectl(args: readonly string[], input = ''): Promise<string> {
    return this.start(args).then((child) => collectOutput(child, `kubectl ${args.join(' ')}`, input));
  }

  /** Returns the output of a command of the built program. */
  async berth(...args: readonly string[]): Promise<string> {
    const child = await this.#run(process.execPath, [this.#script, ...args]);
    return collectOutput(child, `berth ${args.join(' ')}`, '');
  }
}

async function collectOutput(child: ChildProcess, name: string, input: string): Promise<string> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  child.stdin?.end(input);
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.deepEqual([code, err], [0, ''], `${name}: ${out}`);
  return out;
}
