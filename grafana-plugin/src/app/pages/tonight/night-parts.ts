/** The parts of the page by the id of their section, worst first. */
export const nightParts = {
  overdue: { title: 'Overdue', tone: 'bad' },
  unhealthy: { title: 'Failed their checks', tone: 'bad' },
  quiet: { title: 'Quiet now', tone: 'info' },
  checking: { title: 'Being checked', tone: 'info' },
  maintenance: { title: 'In maintenance', tone: 'info' },
  notMuted: { title: 'Not muted', tone: 'warn' },
  planned: { title: 'Planned next', tone: 'neutral' },
} as const;

export type NightPart = keyof typeof nightParts;
