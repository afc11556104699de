import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../../alert-rules/rules/', import.meta.url);

/**
 * The texts of the shipped rule files with alerts and what these read. uptime*.yaml are reports that no alert reads:
 * scenarios do not load them, and our engine has no subqueries for them.
 */
export function readAlertRuleFiles(): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !name.startsWith('uptime'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'));
}
