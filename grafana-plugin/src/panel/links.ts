import { APP_ROOT } from '../constants';
import { devicePath } from '../shared/links';
import { isSafeHref, linkOf } from '../timeline/model/text-links';
import type { LaneRef, TimelineLink, TimelineSubject, TimeSpan } from '../timeline/types';
import type { PanelOptions } from './options';

/** Links of a pinned card: the device page with this time span, and the runbook. */
export function linksForSubject(
  subject: TimelineSubject,
  options: Pick<PanelOptions, 'linkToApp' | 'runbookUrl'>,
): readonly TimelineLink[] {
  const links: TimelineLink[] = [];
  const page = options.linkToApp ? devicePage(subject.ref, subject.span) : undefined;
  if (page !== undefined) {
    links.push({ title: 'Open device', href: page });
  }
  const runbook = fillTemplate(options.runbookUrl, {
    instance: subject.ref.instance ?? '',
    organization: subject.ref.organization ?? '',
    device: subject.ref.device ?? '',
    kind: subject.event?.kind ?? subject.window?.kind ?? '',
  });
  if (runbook && isSafeHref(runbook)) {
    links.push(linkOf('Runbook', runbook));
  }
  return links;
}

/** The app knows devices by instance and organization as well as by id. */
function devicePage({ instance, organization, device }: LaneRef, span: TimeSpan): string | undefined {
  if (instance === undefined) {
    return device === undefined ? undefined : devicePath(device, span);
  }
  const query = new URLSearchParams({
    ...(organization === undefined ? {} : { organization }),
    instance,
    from: String(Math.floor(span.fromMs)),
    to: String(Math.ceil(span.toMs)),
  });
  return `${APP_ROOT}/device?${query.toString()}`;
}

function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.trim().replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}
