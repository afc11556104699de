import { runMain } from '@patchhaven/simulator-kit';
import { createDattoSimulator } from './simulator.ts';

await runMain(createDattoSimulator);
