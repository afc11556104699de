import type { Dice } from './dice.ts';
import type { DeviceIdentity } from './identity.ts';
import type { Maintenance, PatchRow, ServiceState } from './wire.ts';

const DAY_SECONDS = 86_400;

/** What can change about a device while the simulator runs. */
export interface DeviceState {
  offline: boolean;
  lastContact: number;
  lastBoot: number;
  needsReboot: boolean;
  removed: boolean;
  /** When the agent last reported its patches; undefined until something changed. */
  collectedAt: number | undefined;
  maintenance: Omit<Maintenance, 'status'> | undefined;
  /** Ids of generated pending patches that have been attempted since. */
  readonly attempted: Set<string>;
  readonly morePending: PatchRow[];
  readonly moreInstalls: PatchRow[];
  readonly services: Map<string, ServiceState>;
  /** Work the vendor holds back until the agent answers again. */
  readonly queued: (() => void)[];
}

/** The state a device starts in, drawn from its id and relative to the instant the fleet was made. */
export function initialState(
  dice: Dice,
  { id, index, platform }: DeviceIdentity,
  epoch: number,
  named: boolean,
): DeviceState {
  const offline = !named && dice.draw('offline', index) < 0.04;
  const windows = platform.nodeClass.startsWith('WINDOWS');
  return {
    offline,
    lastContact: epoch - (offline ? dice.draw('silent', id) * 20 * DAY_SECONDS : dice.draw('contact', id) * 60),
    lastBoot: epoch - (1 + dice.draw('boot', id) * 40) * DAY_SECONDS,
    needsReboot: !named && windows && dice.draw('needs-reboot', id) < 0.08,
    removed: false,
    collectedAt: undefined,
    maintenance: undefined,
    attempted: new Set(),
    morePending: [],
    moreInstalls: [],
    services: new Map(),
    queued: [],
  };
}
