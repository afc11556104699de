import type { LabelSet } from '../promql/labels.ts';

const REFERENCE = /\{\{\s*\$labels\.([a-zA-Z_]\w*)\s*\}\}/g;

/** Expands `{{ $labels.name }}`; any other template action is an error, since labels decide routing. */
export function expandLabelTemplate(template: string, labels: LabelSet): string {
  const rest = template.replace(REFERENCE, '');
  if (rest.includes('{{')) throw new Error(`label template not modelled: ${template}`);
  return template.replace(REFERENCE, (_all, name: string) => labels.get(name));
}
