import { readFileSync } from 'node:fs';
import { parseAlertmanagerConfig, type AlertmanagerConfig } from '../alertmanager/config.ts';
import { parseRuleFile, type RuleGroupSpec } from '../rules/rule-file.ts';

const repository = new URL('../../../', import.meta.url);
/** The files that decide about pages; the others make warnings and sums. */
const paging = ['patch-aware.yaml', 'window.yaml', 'health.yaml'];

const ownRules = `
groups:
  - name: own
    interval: 15s
    rules:
      - alert: OwnHostDown
        expr: up{job="node", tier!="vital"} == 0
        for: 2m
        labels: { severity: critical, patch_aware: down }
      - alert: VitalHostDown
        expr: up{job="node", tier="vital"} == 0
        for: 2m
        labels: { severity: critical, patch_aware: down, patch_suppress: never }
`;

/** The texts of the shipped rules that page. */
export function readPagingRules(): string[] {
  return paging.map((name) => readFileSync(new URL(`alert-rules/rules/${name}`, repository), 'utf8'));
}

export function readAlertmanagerYaml(): string {
  return readFileSync(new URL('alert-rules/alertmanager/alertmanager.yml', repository), 'utf8');
}

export interface RuleSet {
  readonly shipped: readonly RuleGroupSpec[];
  /** With the users' own down-alerts in place of HostDown. */
  readonly own: readonly RuleGroupSpec[];
  readonly alertmanager: AlertmanagerConfig;
  /** Whether some rule reads this metric. */
  readonly reads: (metric: string) => boolean;
}

/** The shipped rules; `change` may break them on purpose. */
export function loadRules(change: (text: string) => string = (text) => text): RuleSet {
  const texts = readPagingRules().map(change);
  const shipped = texts.flatMap((text) => parseRuleFile(text));
  const own = [...shipped.map(withoutHostDown), ...parseRuleFile(ownRules)];
  const whole = texts.join('\n');
  return {
    shipped,
    own,
    alertmanager: parseAlertmanagerConfig(readAlertmanagerYaml()),
    reads: (metric) => whole.includes(metric),
  };
}

function withoutHostDown(group: RuleGroupSpec): RuleGroupSpec {
  return { ...group, rules: group.rules.filter(({ name }) => name !== 'HostDown') };
}
