export { wallClock, wallTime, type SimulatorClock } from './clock.ts';
export { createFaults, FAULT_KINDS, type Fault, type FaultKind, type Faults } from './faults.ts';
export { createFleet, type SimulatedDevice, type SimulatedFleet, type SimulatedUpdate } from './fleet.ts';
export { runMain, type BaseOptions, type Simulator } from './run.ts';
export {
  ApiError,
  createVendorServer,
  parseStrict,
  type RunningSimulator,
  type VendorServer,
  type VendorServerOptions,
} from './server.ts';
