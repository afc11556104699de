import type { Capabilities } from '../domain/capabilities.ts';
import type { DeviceFacts } from '../domain/device.ts';
import type { ObservedHealth } from '../domain/observed-health.ts';
import type { Order, OrderOutcome, PlacedOrder } from '../domain/order.ts';
import type { EventPage, PatchSnapshot, SourceEvent, Tally } from '../domain/snapshot.ts';
import type { Clock, UnixSeconds } from '../domain/time.ts';

export interface ReadContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Progress of a long read: how many objects of which kind so far. */
  readonly progress: (what: string, count: number) => void;
}

/** One configured source. Reads the vendor, maps to the domain, and sees neither the store nor the metrics. */
export interface RmmConnector {
  readonly id: string;
  readonly type: string;
  readonly capabilities: Capabilities;
  /** Reads the vendor's whole current state. Throws ConnectorError; never passes a part off as the whole. */
  collect?(context: ReadContext): Promise<PatchSnapshot>;
  /** The same read, page by page, wherever there are pages: nobody has to hold the fleet twice. */
  stream?(context: ReadContext): FleetStream;
  /** Reads what happened since `cursor` (undefined = start at the newest, history is not replayed as news). */
  readEvents?(cursor: string | undefined, context: ReadContext): Promise<EventPage>;
  /** Reads one device now, for a decision that cannot wait for the next poll. */
  lookup?(vendorId: string, context: ReadContext): Promise<LookupResult>;
  /** Reads the services of one device, each with the time at which the vendor saw it so. */
  readServices?(vendorId: string, context: ReadContext): Promise<HealthReading>;
  /** Reads how and when the vendor's own checks of one device last ended. */
  readChecks?(vendorId: string, context: ReadContext): Promise<HealthReading>;
  /** Turns an authenticated webhook body into events. Throws ConnectorError('malformed') for anything else. */
  parseWebhook?(body: unknown, receivedAt: UnixSeconds): readonly SourceEvent[];
  /**
   * Gives one order for one device, once: nothing is repeated that may have been carried out. What the vendor says, and
   * that it says nothing, is the outcome; throws for faults of ours only.
   */
  order?(vendorId: string, order: PlacedOrder, context: ReadContext): Promise<OrderOutcome>;
  /** Looks what became of an order whose outcome is not final. Undefined: nothing more is known. Only reads. */
  readOrder?(vendorId: string, order: Order, context: ReadContext): Promise<OrderOutcome | undefined>;
  /** What can be run on the device. Absent: the vendor has no catalogue, and judges the id itself. */
  scripts?(vendorId: string, context: ReadContext): Promise<readonly Script[]>;
}

export interface Script {
  /** As an order names it. */
  readonly id: string;
  readonly name: string;
  readonly language?: string;
}

/**
 * A complete read as it comes in. Only the returned end makes it complete: one that throws, or is left early, is void
 * from its first device on.
 */
export type FleetStream = AsyncGenerator<readonly DeviceFacts[], ReadEnd, void>;

export type ReadEnd = Omit<PatchSnapshot, 'devices'>;

/** `facts` absent: the vendor does not know the device. */
export interface LookupResult {
  readonly facts?: DeviceFacts;
  readonly events: readonly SourceEvent[];
  readonly dropped: Tally;
  readonly unknownWords: Tally;
}

/** Everything the vendor watches on one device; a device it does not know has nothing. */
export interface HealthReading {
  readonly observed: readonly ObservedHealth[];
  readonly dropped: Tally;
  readonly unknownWords: Tally;
}
