import type { LaneRef, TimelineLane } from '../types';

export interface LaneMatch {
  readonly lane?: TimelineLane;
  /** More than one lane fits, so none is taken. */
  readonly ambiguous: boolean;
}

export function refKey(ref: LaneRef): string {
  return `${ref.organization ?? ''}\u0000${ref.instance ?? ''}\u0000${ref.device ?? ''}`;
}

/** Host of an instance, lower case: `Web-01:9182` and `web-01` are one machine, `[::1]:9100` keeps its brackets. */
export function hostOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[/?].*$/, '')
    .replace(/:\d+$/, '');
}

/**
 * Finds the lane of an event: by instance, else by device id, else by device name; each by host name where it does not match exactly. Organizations never mix: a lane of another
 * organization does not fit, and a lane that names none is refused to refs of several organizations.
 */
export class LaneIndex {
  private readonly byName = new Map<string, TimelineLane[]>();
  private readonly byHost = new Map<string, TimelineLane[]>();
  private readonly matches = new Map<string, LaneMatch>();

  constructor(lanes: readonly TimelineLane[], refs: readonly LaneRef[]) {
    for (const lane of lanes) {
      const { instance, device, deviceName } = lane.ref;
      const names = new Set([instance, device, deviceName].filter((name): name is string => Boolean(name)));
      names.forEach((name) => add(this.byName, name, lane));
      new Set([...names].map(hostOf)).forEach((host) => add(this.byHost, host, lane));
    }
    this.matchAll(refs);
  }

  find(ref: LaneRef): LaneMatch {
    return this.matches.get(refKey(ref)) ?? this.match(ref);
  }

  private matchAll(refs: readonly LaneRef[]): void {
    const organizations = new Map<TimelineLane, Set<string>>();
    for (const ref of refs) {
      const key = refKey(ref);
      if (this.matches.has(key)) {
        continue;
      }
      const match = this.match(ref);
      this.matches.set(key, match);
      if (match.lane && match.lane.ref.organization === undefined && ref.organization !== undefined) {
        const seen = organizations.get(match.lane) ?? new Set();
        organizations.set(match.lane, seen.add(ref.organization));
      }
    }
    for (const [key, match] of this.matches) {
      if (match.lane && (organizations.get(match.lane)?.size ?? 0) > 1) {
        this.matches.set(key, { ambiguous: true });
      }
    }
  }

  private match(ref: LaneRef): LaneMatch {
    for (const name of [ref.instance, ref.device, ref.deviceName]) {
      if (name) {
        const found = this.lookup(name, ref);
        if (found.length > 0) {
          return found.length === 1 && found[0] ? { lane: found[0], ambiguous: false } : { ambiguous: true };
        }
      }
    }
    return { ambiguous: false };
  }

  private lookup(name: string, ref: LaneRef): readonly TimelineLane[] {
    const fits = (lane: TimelineLane) =>
      lane.ref.organization === undefined ||
      ref.organization === undefined ||
      lane.ref.organization === ref.organization;
    const exact = (this.byName.get(name) ?? []).filter(fits);
    const found = exact.length > 0 ? exact : (this.byHost.get(hostOf(name)) ?? []).filter(fits);
    const named = found.filter((lane) => lane.ref.organization === ref.organization);
    return named.length > 0 ? named : found;
  }
}

function add(index: Map<string, TimelineLane[]>, key: string, lane: TimelineLane): void {
  const lanes = index.get(key);
  if (lanes) {
    lanes.push(lane);
  } else {
    index.set(key, [lane]);
  }
}
