import { runMain } from '@patchhaven/simulator-kit';
import { createAutomateSimulator } from './simulator.ts';

await runMain(createAutomateSimulator);
