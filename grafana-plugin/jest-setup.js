import './.config/jest-setup';
import 'jest-canvas-mock';
import { configure } from '@testing-library/react';

// The default of one second is shorter than a first render takes on a busy machine with two cores.
configure({ asyncUtilTimeout: 10_000 });

global.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
