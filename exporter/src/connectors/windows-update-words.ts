import type { PatchKind, PatchSeverity } from '../domain/patch.ts';

/** Severities of the Microsoft Security Response Center, as vendors pass them on. */
export const windowsSeverityWords: Readonly<Record<string, PatchSeverity>> = {
  CRITICAL: 'critical',
  IMPORTANT: 'important',
  MODERATE: 'moderate',
  LOW: 'low',
  UNSPECIFIED: 'unspecified',
  NONE: 'unspecified',
};

/** Classifications of Windows Update. */
export const windowsCategoryWords: Readonly<Record<string, PatchKind>> = {
  'SECURITY UPDATES': 'security',
  // The class for severe faults that are not security holes.
  'CRITICAL UPDATES': 'other',
  UPDATES: 'other',
  TOOLS: 'other',
  'DEFINITION UPDATES': 'definition',
  'UPDATE ROLLUPS': 'rollup',
  'SERVICE PACKS': 'rollup',
  'FEATURE PACKS': 'feature',
  UPGRADES: 'feature',
  DRIVERS: 'driver',
};
