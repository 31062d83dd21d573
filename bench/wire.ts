/** The octets of BGP: how fast UPDATEs are written and read, and what becomes of rubbish. Nothing is sent anywhere. */
import { wireRubbish } from './scenes/wirerubbish.ts';
import { wireSpeed } from './scenes/wirespeed.ts';
import { bench } from './support/figures.ts';

await bench(20, async () => [...wireSpeed(), ...wireRubbish()]);
