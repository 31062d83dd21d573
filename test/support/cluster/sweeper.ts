/**
 * Removes what a cluster leaves behind whose process was killed: `sweeper.ts PID`. It waits for the end of its standard input, which that
 * process holds open. The kernel has ended all that ran in the cluster by then, or soon will.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sweepNetworks } from '../netns/network.ts';
import { sweepFolders } from '../real-api/folder.ts';
import { sweepCgroups } from './cgroups.ts';

const POLL_INTERVAL_MS = 50;

const [owner = ''] = process.argv.slice(2);
process.stdin.resume();
await once(process.stdin, 'end');
while (existsSync(`/proc/${owner}`)) await sleep(POLL_INTERVAL_MS);
sweepFolders(); // first the processes: a group and a namespace live as long as one of them
sweepCgroups();
sweepNetworks();
