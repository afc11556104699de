import type { Verification } from '../../domain/window.ts';
import { nothing, type DeviceFamily, type Sample } from '../family.ts';

export const deviceVerification = {
  scope: 'device',
  identity: 'instance',
  name: 'patch_device_verification',
  help: 'Health checks of the last verification after a patch: 1 passed, 0 failed or without data. A check that fails before the verdict, while services may still settle, is absent, and so is all of a verification that had no health check to ask.',
  type: 'gauge',
  labels: ['check'],
  stability: 'stable',
  generate: ({ quiet }) => (quiet?.verification === undefined ? nothing : judge(quiet.verification)),
} as const satisfies DeviceFamily;

/** Of several results under one name the worst counts. A verification that was not run says nothing. */
function judge(verification: Verification): readonly Sample[] {
  if (verification.verdict === 'not_run') return nothing;
  const byCheck = new Map<string, number>();
  for (const result of verification.checks) {
    const value = result.result === 'passed' ? 1 : 0;
    if (value === 0 && verification.verdict !== 'failed') continue;
    byCheck.set(result.check, Math.min(value, byCheck.get(result.check) ?? 1));
  }
  return [...byCheck].map(([check, value]) => ({ labels: [check], value }));
}
