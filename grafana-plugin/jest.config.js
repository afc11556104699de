// Dates are formatted in the zone of the machine; tests must not depend on it.
process.env.TZ = 'UTC';

const base = require('./.config/jest.config');
const [swc] = Object.values(base.transform);

module.exports = {
  ...base,
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'jsx', 'ts', 'tsx', 'json', 'node'],
  // d3-color is published as .mjs only, which the scaffold's pattern leaves out.
  transform: { '^.+\\.m?[tj]sx?$': swc },
  setupFilesAfterEnv: ['<rootDir>/jest-setup.js'],
  testTimeout: 20_000,
};
