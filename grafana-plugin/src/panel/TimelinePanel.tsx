import type { PanelProps } from '@grafana/data';

export function TimelinePanel(_props: PanelProps) {
  return null;
}
