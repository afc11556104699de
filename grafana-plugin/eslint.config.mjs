import { defineConfig } from 'eslint/config';
import baseConfig from './.config/eslint.config.mjs';

export default defineConfig([
  { ignores: ['**/node_modules/', '**/dist/', '.cache/', '.config/', 'coverage/', 'src/shared/api/openapi.ts'] },
  ...baseConfig,
]);
