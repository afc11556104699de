import type { Delivery, Scenario, ScenarioDevice, Span, TrueOutage } from '../generator/scenario.ts';
import { all, any, atMost, not, type Answer } from './answer.ts';
import {
  couldDecide,
  exporterGaps,
  knownFromPost,
  knownFromRmm,
  overlaps,
  prometheusGaps,
  wasInContact,
} from './programs.ts';
import { timing } from './timing.ts';

/** Whether the law allows silence for an outage, and between which moments that silence has to end. */
export interface Permission {
  readonly granted: Answer;
  readonly deadline: Span;
}

interface Past {
  readonly outage: TrueOutage;
  readonly permission: Permission;
}

/** A piece of evidence as the oracle sees it. */
interface Piece {
  readonly at: number;
  readonly until: number;
  readonly known: Span;
  readonly fromRmm: boolean;
  readonly isPlan: boolean;
  /** A snapshot's word: it ages with the snapshot. */
  readonly isPending: boolean;
  /** When everybody knows that it ended before its time. */
  readonly endKnownBy: number;
}

/** The permissions of a device's outages, in order. Knows the scenario's truth and the law, and nothing of the code. */
export function permissionsOf(scenario: Scenario, device: ScenarioDevice): readonly Permission[] {
  const past: Past[] = [];
  for (const outage of device.outages) {
    past.push({ outage, permission: permissionFor(scenario, device, outage, past) });
  }
  return past.map(({ permission }) => permission);
}

function permissionFor(
  scenario: Scenario,
  device: ScenarioDevice,
  outage: TrueOutage,
  past: readonly Past[],
): Permission {
  const { downAt } = outage;
  const left = capLeft(scenario, device, past, downAt);
  const isRevoked = scenario.cancellations.some(({ device: id, at }) => id === device.id && at < downAt);
  const evidence = any(
    piecesOf(scenario, device).map((piece) => {
      // An operator who ends a window ends the plan behind it, if there was a window to end.
      return all(explains(scenario, piece, outage, past), piece.isPlan && isRevoked ? 'unclear' : 'yes');
    }),
  );
  const isOutOfReach = device.isMislabelled || device.isVital;
  const isOpenQuestion = hangsOver(scenario, past, downAt) || isUnseen(scenario, downAt);
  const granted = isOutOfReach
    ? 'no'
    : isOpenQuestion
      ? 'unclear'
      : all(couldDecide(scenario, downAt), left.to <= 0 ? 'no' : left.from <= 0 ? 'unclear' : 'yes', evidence);
  const budget = scenario.budgetSeconds;
  // What began while Prometheus was down began, for everybody, when it came back.
  const seenAt = Math.max(
    downAt,
    ...prometheusGaps(scenario)
      .filter((gap) => overlaps(gap, downAt - 60, downAt + timing.knownTooLate))
      .map(({ to }) => to),
  );
  return {
    granted,
    deadline: {
      from: downAt + Math.min(budget, Math.max(0, left.from)),
      to: seenAt + timing.noticed + timing.step + Math.min(budget, Math.max(0, left.to)),
    },
  };
}

/** A Prometheus that stops while the outage begins counts its age from its own start. */
function isUnseen(scenario: Scenario, downAt: number): boolean {
  return prometheusGaps(scenario).some((gap) => overlaps(gap, downAt - 60, downAt + timing.knownTooLate));
}

/** A window whose device came back unseen goes on to its stored end. */
function hangsOver(scenario: Scenario, past: readonly Past[], downAt: number): boolean {
  const blind = [...exporterGaps(scenario), ...prometheusGaps(scenario)];
  return past.some(
    ({ outage: { upAt }, permission }) =>
      permission.granted !== 'no' &&
      permission.deadline.to > downAt &&
      (downAt - upAt < timing.returnSeen + 20 ||
        blind.some((gap) => overlaps(gap, upAt - 30, upAt + timing.returnSeen))),
  );
}

function capLeft(scenario: Scenario, device: ScenarioDevice, past: readonly Past[], downAt: number): Span {
  let least = 0;
  let most = 0;
  for (const { outage, permission } of past) {
    if (permission.granted === 'no') continue;
    const cancelled = scenario.cancellations
      .filter(({ device: id, at }) => id === device.id && at > outage.downAt)
      .map(({ at }) => at);
    const surelyOver = Math.min(outage.upAt, permission.deadline.from, ...cancelled);
    const overBy = seenBackBy(scenario, outage);
    if (permission.granted === 'yes') least += Math.max(0, surelyOver - outage.downAt - timing.noticed - timing.step);
    most += Math.min(overBy, permission.deadline.to, downAt) - outage.downAt;
  }
  return { from: scenario.dailyCapSeconds - most, to: scenario.dailyCapSeconds - least };
}

/** When everybody has seen a device back: later, where nobody could look when it came. */
function seenBackBy(scenario: Scenario, { upAt }: TrueOutage): number {
  const blind = [...exporterGaps(scenario), ...prometheusGaps(scenario)].filter((gap) =>
    overlaps(gap, upAt, upAt + timing.returnSeen),
  );
  return Math.max(upAt, ...blind.map(({ to }) => to)) + timing.returnSeen;
}

function piecesOf(scenario: Scenario, device: ScenarioDevice): readonly Piece[] {
  const told = scenario.deliveries.filter((told) => told.device === device.id && told.forgery === undefined);
  const pieces = told.flatMap((delivery) => pieceOf(scenario, delivery, told));
  if (device.pendingSince === undefined) return pieces;
  return [...pieces, pendingPiece(scenario, device.pendingSince)];
}

function pendingPiece(scenario: Scenario, since: number): Piece {
  return {
    at: since,
    until: since + timing.pendingMaxAge,
    known: { from: since, to: scenario.startAt + timing.step },
    fromRmm: true,
    isPlan: false,
    isPending: true,
    endKnownBy: -Infinity,
  };
}

function pieceOf(scenario: Scenario, delivery: Delivery, told: readonly Delivery[]): Piece[] {
  const { event } = delivery;
  const fromRmm = delivery.route === 'rmm';
  const known = knownAt(scenario, delivery);
  const failures = told.filter(({ event: { type } }) => type === 'patch.install.failed');
  const endKnownBy = Math.max(-Infinity, ...failures.map((failure) => knownAt(scenario, failure).to));
  const piece = (at: number, until: number, isPlan = false): Piece[] => [
    { at, until, known, fromRmm, isPlan, isPending: false, endKnownBy },
  ];
  switch (event.type) {
    case 'patch.installed':
      return piece(event.occurredAt, event.occurredAt + timing.installedValid);
    case 'patch.install.started': {
      const ends = failures.map((failure) => failure.event.occurredAt);
      return piece(event.occurredAt, Math.min(event.occurredAt + timing.installStartedValid, ...ends));
    }
    case 'reboot.ordered':
      return piece(event.occurredAt, event.occurredAt + scenario.budgetSeconds);
    case 'maintenance.planned': {
      const ends = told.filter((later) => takesBack(later, delivery));
      const endAt = ends.map(({ route, at, event: { occurredAt } }) => (route === 'operator' ? at : occurredAt));
      const endKnownBy = Math.max(-Infinity, ...ends.map((end) => knownAt(scenario, end).to));
      const [plan] = piece(event.data.start, Math.min(event.data.end, ...endAt), true);
      return plan === undefined ? [] : [{ ...plan, endKnownBy }];
    }
    default:
      return [];
  }
}

/** An end takes back every telling of its plan; a later-dated telling for another time takes back the earlier one. */
function takesBack({ event: later }: Delivery, { event }: Delivery): boolean {
  if (event.type !== 'maintenance.planned') return false;
  if (later.type === 'maintenance.ended') return later.data.id === event.data.id;
  if (later.type !== 'maintenance.planned' || later.data.id !== event.data.id) return false;
  return later.data.start !== event.data.start && later.occurredAt > event.occurredAt;
}

function knownAt(scenario: Scenario, { route, at }: Delivery): Span {
  return route === 'rmm' ? knownFromRmm(scenario, at, timing.rmmEvents) : knownFromPost(scenario, at);
}

function explains(scenario: Scenario, piece: Piece, outage: TrueOutage, past: readonly Past[]): Answer {
  const { downAt } = outage;
  // A device that just went down is looked up at its vendor, so news there need not wait for the next poll.
  const lookedUpAt = Math.max(piece.known.from, downAt + timing.noticed + timing.step) + 30;
  const knownTo =
    piece.fromRmm && piece.known.from < Infinity
      ? Math.min(piece.known.to, rmmAnswers(scenario, lookedUpAt))
      : piece.known.to;
  const inTime =
    knownTo <= downAt + timing.knownInTime ? 'yes' : piece.known.from > downAt + timing.knownTooLate ? 'no' : 'unclear';
  return all(
    inTime,
    atMost(piece.at, downAt + timing.clockSkew, downAt + timing.noticed + timing.clockSkew),
    piece.until <= downAt && piece.endKnownBy > downAt
      ? 'unclear'
      : not(atMost(piece.until, downAt, downAt + timing.noticed)),
    piece.fromRmm ? wasInContact(scenario, downAt) : 'yes',
    piece.isPending ? isFresh(scenario, downAt) : 'yes',
    piece.isPlan ? 'yes' : not(any(past.map((before) => isSpent(scenario, piece, before, downAt)))),
  );
}

/** Was the last snapshot young enough? Unclear as soon as the vendor or the exporter was away for a while before. */
function isFresh(scenario: Scenario, downAt: number): Answer {
  const away = scenario.faults.filter(({ what }) => what === 'rmm' || what === 'exporter');
  const isYoung = away.every((gap) => !overlaps(gap, downAt - timing.pendingFresh - timing.rmmSnapshot, downAt));
  return isYoung ? 'yes' : 'unclear';
}

function rmmAnswers(scenario: Scenario, at: number): number {
  return scenario.faults.some(({ what, from, to }) => what === 'rmm' && from <= at && at - 60 < to) ? Infinity : at;
}

/** The reboot that a piece announced has happened, and Patchhaven knows of it. */
function isSpent(scenario: Scenario, piece: Piece, { outage, permission }: Past, downAt: number): Answer {
  if (piece.at > seenBackBy(scenario, outage)) return 'no';
  const byReturn = piece.at <= outage.upAt ? permission.granted : permission.granted === 'no' ? 'no' : 'unclear';
  if (!outage.boots || piece.at > outage.upAt) return byReturn;
  const known = knownFromRmm(scenario, outage.upAt, timing.rmmSnapshot);
  const byBoot = piece.at >= outage.upAt - 45 ? 'unclear' : known.to <= downAt ? 'yes' : 'unclear';
  return any([byReturn, byBoot]);
}
