import { runMain } from '@patchhaven/simulator-kit';
import { createTacticalSimulator } from './simulator.ts';

await runMain(createTacticalSimulator);
