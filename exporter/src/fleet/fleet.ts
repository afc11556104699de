import { judgeCompliance } from '../domain/compliance.ts';
import { deviceKey, type DeviceKey, type DeviceState } from '../domain/device.ts';
import type { DomainEvent } from '../domain/event.ts';
import { foldEvent } from '../domain/fold.ts';
import type { CompliancePolicy } from '../domain/policy.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';
import { effectiveEnd, type SilenceWindow } from '../domain/window.ts';
import type { DeviceView, FleetView, Identity, SourceStatus } from './fleet-view.ts';
import { HostNames } from './host-names.ts';
import { type NamedDevice, NameOrder } from './name-order.ts';
import type { Slicer } from './slicer.ts';
import type { SourceBoard } from './source-board.ts';

/** Ended windows stay visible this long: readers look back, and a person asks "why was it quiet last night". */
export const windowKeepSeconds = 24 * 3600;

interface Entry {
  state: DeviceState;
  identity: Identity;
  /** Newest first; those that touch the last 24 h. */
  windows: SilenceWindow[];
  cappedUntil: UnixSeconds | undefined;
  /** Discovery no longer agrees with the identity, which is kept only until the end of its window has been told. */
  contested: boolean;
  /** Last contact with the source, as of its newest complete read. */
  seenAt: UnixSeconds | undefined;
  view: DeviceView | undefined;
}

/** Rules look back ten minutes for a deadline, so its end has to stand in the metrics longer than that. */
const tellEndSeconds = 15 * 60;

export interface FleetChange {
  readonly key: DeviceKey;
  /** undefined: the device has left the fleet. */
  readonly view: DeviceView | undefined;
}

const unmatched: Identity = { status: 'unmatched' };

/**
 * The fleet in memory: device states folded from the log, their identities and recent windows. It is written only from
 * data that is already durable, and it never talks to a vendor.
 */
export class Fleet implements FleetView {
  readonly #entries = new Map<DeviceKey, Entry>();
  readonly #byOrganization = new Map<string, Set<DeviceKey>>();
  readonly #sorted = new Map<string, readonly DeviceKey[]>();
  /** By organization where these have instances of their own, otherwise all under ''. */
  readonly #byInstance = new Map<string, Map<string, DeviceKey>>();
  readonly #hostNames = new HostNames();
  /** Of organizations whose list somebody has asked for. */
  readonly #nameOrders = new Map<string, NameOrder>();
  readonly #dirty = new Set<DeviceKey>();
  readonly #unsaved = new Set<DeviceKey>();
  /** Devices that left since the last save; their saved state has to say so. */
  readonly #removed = new Map<DeviceKey, DeviceState>();
  /** Devices with a window, few among many: what a poll looks at every few seconds. */
  readonly #withWindows = new Set<DeviceKey>();
  /** Devices per source. */
  readonly #counts = new Map<string, number>();
  readonly #windowListeners: (() => void)[] = [];
  readonly #clock: Clock;
  readonly #sources: SourceBoard;
  readonly #policy: () => CompliancePolicy;
  readonly #perOrganization: () => boolean;
  #revision = 0;
  #seq = 0;
  #moves = 0;
  #refreshCursor: IterableIterator<DeviceKey> | undefined;

  constructor(options: {
    clock: Clock;
    sources: SourceBoard;
    policy: () => CompliancePolicy;
    /** False: instances are unique in the whole fleet, because targets carry no organization label. */
    perOrganization: () => boolean;
  }) {
    this.#clock = options.clock;
    this.#sources = options.sources;
    this.#policy = options.policy;
    this.#perOrganization = options.perOrganization;
  }

  get size(): number {
    return this.#entries.size;
  }

  get revision(): number {
    return this.#revision;
  }

  /** How often a device has changed its organization: what was matched meanwhile does not hold. */
  get moves(): number {
    return this.#moves;
  }

  /** Log position up to which the states are folded. */
  get seq(): number {
    return this.#seq;
  }

  get(key: DeviceKey): DeviceView | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined ? undefined : this.#viewOf(entry);
  }

  state(key: DeviceKey): DeviceState | undefined {
    return this.#entries.get(key)?.state;
  }

  *states(): Iterable<DeviceState> {
    for (const entry of this.#entries.values()) yield entry.state;
  }

  *devices(organization?: string): Iterable<DeviceView> {
    const organizations = organization === undefined ? this.organizations() : [organization];
    for (const name of organizations) {
      for (const key of this.#keysOf(name)) {
        const entry = this.#entries.get(key);
        // A reader may pause: what has moved to another organization meanwhile is none of this one's business.
        if (entry?.state.removed === false && entry.state.facts.organization === name) yield this.#viewOf(entry);
      }
    }
  }

  byName(organization: string): Promise<readonly NamedDevice[]> {
    const keys = this.#byOrganization.get(organization);
    if (keys === undefined) return Promise.resolve([]);
    let order = this.#nameOrders.get(organization);
    if (order === undefined) {
      const nameOf = (key: DeviceKey): string | undefined =>
        keys.has(key) ? this.#entries.get(key)?.state.facts.displayName : undefined;
      this.#nameOrders.set(organization, (order = new NameOrder(keys, nameOf)));
    }
    return order.list();
  }

  organizations(): readonly string[] {
    return [...this.#byOrganization.keys()].sort();
  }

  byInstance(organization: string | undefined, instance: string): DeviceView | undefined {
    const key = this.keyOfInstance(organization, instance);
    return key === undefined ? undefined : this.get(key);
  }

  keyOfInstance(organization: string | undefined, instance: string): DeviceKey | undefined {
    return this.#byInstance.get(this.#instanceScope(organization ?? ''))?.get(instance);
  }

  keysOfHost(organization: string, hostName: string): readonly DeviceKey[] {
    return this.#hostNames.find(organization, hostName);
  }

  sources(): readonly SourceStatus[] {
    return this.#sources.statuses((source) => this.#countOf(source));
  }

  windowsOf(key: DeviceKey): readonly SilenceWindow[] {
    return this.#entries.get(key)?.windows ?? [];
  }

  /** Windows that have not been closed, over all devices. */
  openWindows(): readonly SilenceWindow[] {
    return this.#windows().filter((window) => window.closedAt === undefined);
  }

  /** The newest quiet window of each device that has one in the last 24 h. */
  recentQuiet(): readonly SilenceWindow[] {
    return [...this.#withWindows].flatMap((key) => {
      return this.#entries.get(key)?.windows.find((window) => window.kind === 'quiet') ?? [];
    });
  }

  /** Takes over saved states at start. */
  restore(states: readonly DeviceState[], seq: number): void {
    for (const state of states) this.#put(state, this.#entries.get(state.key));
    this.#seq = Math.max(this.#seq, seq);
  }

  /** Folds events that the store has accepted, in log order; `seq` is the position of the last one. */
  apply(events: readonly DomainEvent[], seq: number): void {
    for (const event of events) {
      const entry = this.#entries.get(event.device);
      const state = foldEvent(entry?.state, event);
      // Nothing new was said: there is nothing to save, to judge or to show.
      if (state === entry?.state) continue;
      if (state.removed) this.#remove(state);
      else this.#put(state, entry);
      this.#unsaved.add(state.key);
    }
    this.#seq = Math.max(this.#seq, seq);
  }

  /** At start, before anything was matched anew, a device in an open window is known by the instance it had then. */
  restoreWindows(windows: readonly SilenceWindow[]): void {
    this.putWindows(windows);
    for (const window of windows) {
      const entry = this.#entries.get(window.device);
      if (entry === undefined || window.closedAt !== undefined || entry.identity.status === 'matched') continue;
      if (window.organization !== entry.state.facts.organization) continue;
      this.#setIdentity(entry, { status: 'matched', instance: window.instance, by: 'discovery' });
    }
  }

  /** Takes over windows that the store has recorded. */
  putWindows(windows: readonly SilenceWindow[]): void {
    for (const window of windows) {
      const entry = this.#entries.get(window.device);
      if (entry === undefined) continue;
      const others = entry.windows.filter((other) => other.id !== window.id);
      entry.windows = [window, ...others].sort((a, b) => b.openedAt - a.openedAt);
      this.#withWindows.add(window.device);
      this.#touch(entry);
    }
    if (windows.length > 0) for (const listener of this.#windowListeners) listener();
  }

  /** Called whenever windows were taken over: readers of metrics should not have to wait for them. */
  onWindows(listener: () => void): void {
    this.#windowListeners.push(listener);
  }

  isUnmatched(key: DeviceKey): boolean {
    return this.#entries.get(key)?.identity.status === 'unmatched';
  }

  setCapped(key: DeviceKey, until: UnixSeconds | undefined): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.cappedUntil === until) return;
    entry.cappedUntil = until;
    this.#touch(entry);
  }

  /**
   * Takes over a fresh matching of the whole fleet. A device whose window was told to Prometheus under another instance
   * keeps that instance, contested, until the end of the window has been told under it as well.
   */
  setIdentities(identities: ReadonlyMap<DeviceKey, Identity>): void {
    const now = this.#clock.now();
    for (const [key, entry] of this.#entries) this.#takeIdentity(entry, identities.get(key) ?? unmatched, now);
  }

  /**
   * The same for a matching that let others run: what changes is found in slices and takes effect at once, so that no two
   * devices are ever known by one instance. `moves` is from before the matching; false, and nothing done, when a device
   * has changed its organization since.
   */
  async updateIdentities(
    identities: ReadonlyMap<DeviceKey, Identity>,
    moves: number,
    slicer: Slicer,
  ): Promise<boolean> {
    const changes: (readonly [Entry, Identity])[] = [];
    for (const [key, entry] of this.#entries) {
      const next = identities.get(key) ?? unmatched;
      if (entry.contested || !sameIdentity(entry.identity, next)) changes.push([entry, next]);
      const pause = slicer.breathe();
      if (pause !== undefined) await pause;
    }
    if (this.#moves !== moves) return false;
    const now = this.#clock.now();
    for (const [entry, next] of changes) {
      if (this.#entries.get(entry.state.key) === entry) this.#takeIdentity(entry, next, now);
    }
    return true;
  }

  /** The instance whose alerts may be muted for this device; undefined when there is none, or when it is contested. */
  muteableInstance(key: DeviceKey): string | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.state.removed || entry.contested) return undefined;
    return entry.identity.status === 'matched' ? entry.identity.instance : undefined;
  }

  /**
   * Devices whose views changed since the last call; to be read to the end. Each view is made when it is read.
   * Organization by organization: what readers keep for each of them then stays in the processor's cache.
   */
  *takeChanges(): Iterable<FleetChange> {
    const byOrganization = new Map<string | undefined, DeviceKey[]>();
    for (const key of this.#dirty) {
      const organization = this.#entries.get(key)?.state.facts.organization;
      const keys = byOrganization.get(organization);
      if (keys === undefined) byOrganization.set(organization, [key]);
      else keys.push(key);
    }
    this.#dirty.clear();
    for (const keys of byOrganization.values()) for (const key of keys) yield { key, view: this.get(key) };
  }

  /** States that changed since the last call, with the log position they include. */
  takeUnsaved(): { readonly states: DeviceState[]; readonly seq: number } {
    const states = [...this.#unsaved].flatMap((key) => this.#entries.get(key)?.state ?? this.#removed.get(key) ?? []);
    this.#unsaved.clear();
    this.#removed.clear();
    return { states, seq: this.#seq };
  }

  /** Puts back what could not be saved. */
  returnUnsaved(states: readonly DeviceState[]): void {
    for (const state of states) {
      this.#unsaved.add(state.key);
      if (state.removed) this.#removed.set(state.key, state);
    }
  }

  /** Age changes verdicts without any event: looks again at up to `count` devices, going round the fleet. */
  refresh(count: number): void {
    const now = this.#clock.now();
    for (let i = 0; i < Math.min(count, this.#entries.size); i += 1) {
      const entry = this.#nextEntry();
      if (entry === undefined) return;
      const kept = keptWindows(entry.windows, now);
      if (entry.state.removed && !kept.some((window) => isRecent(window, now))) {
        this.#drop(entry, entry.state);
        continue;
      }
      const capEnded = entry.cappedUntil !== undefined && entry.cappedUntil <= now;
      if (capEnded) entry.cappedUntil = undefined;
      const before = entry.view;
      if (kept.length !== entry.windows.length || capEnded || before === undefined) {
        entry.windows = kept;
        if (kept.length === 0) this.#withWindows.delete(entry.state.key);
        this.#touch(entry);
        continue;
      }
      const stale = this.#isStale(entry.state);
      const verdict = this.#judge(withContact(entry)).verdict;
      if (stale !== before.stale || verdict !== before.compliance.verdict) this.#touch(entry);
    }
  }

  /**
   * Takes over when devices were last in contact with their source. A contact time moves with every read, so it is kept
   * beside the folded state and out of the log.
   */
  noteLastSeen(source: string, lastSeen: ReadonlyMap<string, UnixSeconds>): void {
    for (const [vendorId, at] of lastSeen) {
      const entry = this.#entries.get(deviceKey(source, vendorId));
      if (entry === undefined || entry.seenAt === at) continue;
      entry.seenAt = at;
      this.#touch(entry);
    }
  }

  /** Devices of one source that are in the fleet. */
  *statesOf(source: string): Iterable<DeviceState> {
    for (const { state } of this.#entries.values()) if (state.source === source && !state.removed) yield state;
  }

  #windows(): readonly SilenceWindow[] {
    return [...this.#withWindows].flatMap((key) => this.#entries.get(key)?.windows ?? []);
  }

  #nextEntry(): Entry | undefined {
    this.#refreshCursor ??= this.#entries.keys();
    let next = this.#refreshCursor.next();
    if (next.done === true) {
      this.#refreshCursor = this.#entries.keys();
      next = this.#refreshCursor.next();
    }
    return next.done === true ? undefined : this.#entries.get(next.value);
  }

  #put(state: DeviceState, entry: Entry | undefined): void {
    if (state.removed) return;
    if (entry === undefined) {
      const fresh = {
        state,
        identity: unmatched,
        windows: [],
        cappedUntil: undefined,
        seenAt: undefined,
        contested: false,
        view: undefined,
      };
      this.#entries.set(state.key, fresh);
      this.#file(state);
      this.#touch(fresh);
      return;
    }
    if (entry.state.facts.organization !== state.facts.organization) {
      // A device that moves to another organization starts there with nothing: no identity, and
      // the old one's windows are not shown (the controller ends them).
      this.#moves += 1;
      this.#unfile(entry.state);
      this.#setIdentity(entry, unmatched);
      entry.state = state;
      this.#file(state);
    } else if (entry.state.removed) {
      this.#file(state);
    } else {
      this.#hostNames.replace(entry.state, state);
      const isRenamed = entry.state.facts.displayName !== state.facts.displayName;
      if (isRenamed) this.#nameOrders.get(state.facts.organization)?.note(state.key);
    }
    entry.state = state;
    this.#touch(entry);
  }

  #remove(state: DeviceState): void {
    const entry = this.#entries.get(state.key);
    this.#removed.set(state.key, state);
    if (entry === undefined) return;
    if (entry.windows.length === 0) {
      this.#drop(entry, state);
      return;
    }
    // Its window has to be seen to end before the device may go, and counts against its daily cap if it comes back.
    if (entry.windows.every((window) => window.closedAt !== undefined)) this.#setIdentity(entry, unmatched);
    this.#unfile(entry.state);
    entry.state = state;
    this.#touch(entry);
  }

  #drop(entry: Entry, state: DeviceState): void {
    this.#setIdentity(entry, unmatched);
    this.#unfile(entry.state);
    this.#entries.delete(state.key);
    this.#withWindows.delete(state.key);
    this.#dirty.add(state.key);
    this.#revision += 1;
  }

  #file(state: DeviceState): void {
    const organization = state.facts.organization;
    const keys = this.#byOrganization.get(organization) ?? new Set();
    keys.add(state.key);
    this.#byOrganization.set(organization, keys);
    this.#sorted.delete(organization);
    this.#nameOrders.get(organization)?.note(state.key);
    this.#hostNames.add(state);
    this.#counts.set(state.source, this.#countOf(state.source) + 1);
  }

  #unfile(state: DeviceState): void {
    if (state.removed) return;
    const organization = state.facts.organization;
    const keys = this.#byOrganization.get(organization);
    keys?.delete(state.key);
    this.#sorted.delete(organization);
    this.#nameOrders.get(organization)?.note(state.key);
    if (keys?.size === 0) {
      this.#byOrganization.delete(organization);
      this.#nameOrders.delete(organization);
    }
    this.#hostNames.remove(state);
    this.#counts.set(state.source, this.#countOf(state.source) - 1);
  }

  #countOf(source: string): number {
    return this.#counts.get(source) ?? 0;
  }

  #keysOf(organization: string): readonly DeviceKey[] {
    const known = this.#sorted.get(organization);
    if (known !== undefined) return known;
    const keys = [...(this.#byOrganization.get(organization) ?? [])].sort();
    this.#sorted.set(organization, keys);
    return keys;
  }

  #takeIdentity(entry: Entry, next: Identity, now: UnixSeconds): void {
    const told = entry.windows.some((window) => effectiveEnd(window) > now - tellEndSeconds);
    entry.contested = told && entry.identity.status === 'matched' && !sameInstance(entry.identity, next);
    if (!entry.contested) this.#setIdentity(entry, next);
  }

  #setIdentity(entry: Entry, identity: Identity): void {
    const organization = entry.state.facts.organization;
    if (sameIdentity(entry.identity, identity)) return;
    if (entry.identity.status === 'matched') {
      const instances = this.#instances(organization);
      const { instance } = entry.identity;
      if (instances.get(instance) === entry.state.key) instances.delete(instance);
    }
    entry.identity = identity;
    if (identity.status === 'matched') {
      this.#instances(organization).set(identity.instance, entry.state.key);
    }
    this.#touch(entry);
  }

  #instanceScope(organization: string): string {
    return this.#perOrganization() ? organization : '';
  }

  #instances(organization: string): Map<string, DeviceKey> {
    const name = this.#instanceScope(organization);
    let instances = this.#byInstance.get(name);
    if (instances === undefined) this.#byInstance.set(name, (instances = new Map<string, DeviceKey>()));
    return instances;
  }

  #touch(entry: Entry): void {
    entry.view = undefined;
    this.#dirty.add(entry.state.key);
    this.#revision += 1;
  }

  #isStale(state: DeviceState): boolean {
    const readAt = this.#sources.freshness(state.source).readAt;
    return readAt !== undefined && this.#clock.now() - readAt > this.#policy().staleAfterSeconds;
  }

  #judge(state: DeviceState) {
    const { readAt, contactIntervalSeconds } = this.#sources.freshness(state.source);
    // A source that pushes is never "read": its latest word about the device is what there is.
    const saidAt = contactIntervalSeconds === undefined ? latestWord(state) : readAt;
    return judgeCompliance(state, saidAt, this.#policy(), this.#clock.now());
  }

  #viewOf(entry: Entry): DeviceView {
    if (entry.view !== undefined) return entry.view;
    const state = withContact(entry);
    const known = {
      state,
      identity: entry.identity,
      compliance: this.#judge(state),
      stale: this.#isStale(entry.state),
    };
    entry.view = entry.windows.length === 0 && entry.cappedUntil === undefined ? known : withWindows(known, entry);
    return entry.view;
  }
}

/** What most devices do not have. */
function withWindows(view: DeviceView, { state, windows, cappedUntil }: Entry): DeviceView {
  const own = windows.filter((window) => window.organization === state.facts.organization);
  const quiet = own.find((window) => window.kind === 'quiet');
  const maintenance = own.find((window) => window.kind === 'maintenance');
  return {
    ...view,
    ...(quiet === undefined ? {} : { quiet }),
    ...(maintenance === undefined ? {} : { maintenance }),
    ...(cappedUntil === undefined ? {} : { quietCappedUntil: cappedUntil }),
  };
}

function withContact({ state, seenAt }: Entry): DeviceState {
  if (seenAt === undefined || seenAt <= (state.facts.lastSeenAt ?? 0)) return state;
  return { ...state, facts: { ...state.facts, lastSeenAt: seenAt } };
}

/** A failed verification stays until it passes or another quiet window follows: the page it caused needs its resolve. */
function keptWindows(newestFirst: readonly SilenceWindow[], now: UnixSeconds): SilenceWindow[] {
  const lastQuiet = newestFirst.find(({ kind }) => kind === 'quiet');
  return newestFirst.filter((window) => {
    return isRecent(window, now) || (window === lastQuiet && window.verification?.verdict === 'failed');
  });
}

function isRecent(window: SilenceWindow, now: UnixSeconds): boolean {
  return window.closedAt === undefined || effectiveEnd(window) > now - windowKeepSeconds;
}

function latestWord(state: DeviceState): UnixSeconds | undefined {
  const words = [state.observedAt, state.lastInstall?.at, state.installStarted?.at, state.facts.lastSeenAt].filter(
    (at) => at !== undefined && at > 0,
  );
  return words.length === 0 ? undefined : Math.max(...words.map((at) => at ?? 0));
}

function sameInstance(a: Identity, b: Identity): boolean {
  return a.status === 'matched' && b.status === 'matched' && a.instance === b.instance;
}

function sameIdentity(a: Identity, b: Identity): boolean {
  if (a.status !== b.status) return false;
  if (a.status === 'matched' && b.status === 'matched') return a.instance === b.instance && a.by === b.by;
  if (a.status === 'ambiguous' && b.status === 'ambiguous') return a.candidates.join('\n') === b.candidates.join('\n');
  return true;
}
