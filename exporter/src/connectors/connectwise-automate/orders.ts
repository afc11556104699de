import type { Order, OrderOutcome, OrderRequest } from '../../domain/order.ts';
import type { ConnectorMethods } from '../definition.ts';
import { accepted, asUnsent, giveOrder, refused } from '../order-outcome.ts';
import { createReadCounters } from '../tally.ts';
import { BatchReply, CommandRow, type ScriptRun } from './api-schema.ts';
import type { AutomateClient, Read } from './client.ts';
import type { AutomateOptions } from './config.ts';
import type { ReadServerTime } from './server-time.ts';

/** The server's clock and ours; the zone itself has been checked. */
const skewSeconds = 60;

/**
 * Scripts by the batch route, which gives no handle: running scripts and the history tell the outcome. A reboot is a
 * command of the server's catalogue, found by its name. Maintenance cannot be set over this API.
 */
export function createAutomateOrders(
  vendor: AutomateClient,
  options: AutomateOptions,
  timeReader: (read: Read, now: number) => Promise<ReadServerTime>,
): Required<Pick<ConnectorMethods, 'order' | 'readOrder' | 'scripts'>> {
  async function reboot(id: number, request: OrderRequest & { readonly action: 'reboot' }, signal: AbortSignal) {
    if (request.mode === 'forced')
      return refused('Automate knows one kind of reboot, the normal one: nothing was done');
    const wanted = options.rebootCommand.toLowerCase();
    return await giveOrder(
      async () => {
        const named = (await vendor.commands(readOf(signal)).catch(asUnsent)).filter(
          ({ Name }) => Name?.trim().toLowerCase() === wanted,
        );
        const [command, second] = named;
        return command === undefined || second !== undefined
          ? undefined
          : { row: await vendor.executeCommand(id, command.Id, signal) };
      },
      (given) => {
        if (given === undefined)
          return refused(`the server has no command, or several, named ${options.rebootCommand}: nothing was done`);
        const row = CommandRow.safeParse(given.row);
        return accepted('Automate took the reboot', row.success ? String(row.data.Id) : undefined);
      },
    );
  }

  async function script(
    id: number,
    request: OrderRequest & { readonly action: 'script' },
    signal: AbortSignal,
  ): Promise<OrderOutcome> {
    const parameters = toParameters(request.arguments);
    if (typeof parameters === 'string') return refused(parameters);
    const body = {
      EntityType: 'Computer',
      EntityIds: [id],
      ScriptId: Number(request.script),
      Schedule: { ScriptScheduleFrequency: { ScriptScheduleFrequencyId: once } },
      Parameters: parameters,
      UseAgentTime: false,
      // An agent that is offline now would run it whenever it comes back, when nobody expects it any more.
      OfflineActionFlags: { SkipsOfflineAgents: true },
      Priority: priority,
    };
    return await giveOrder(
      () => vendor.executeScript(body, signal),
      (reply) => judge(reply, id),
    );
  }

  async function readScript(
    id: number,
    order: Order & { readonly request: { readonly action: 'script' } },
    signal: AbortSignal,
    now: number,
  ): Promise<OrderOutcome | undefined> {
    const read = readOf(signal);
    const readTime = await timeReader(read, now);
    const isOurs = ({ ScriptId, HistoryDate, StartDate }: ScriptRun): boolean => {
      const at = readTime(HistoryDate ?? StartDate, read.dropped);
      return String(ScriptId) === order.request.script && at !== undefined && at >= order.placedAt - skewSeconds;
    };
    const ended = (await vendor.scriptHistory(id, read)).filter(isOurs).flatMap((run) => outcomeOf(run) ?? []);
    // Several runs of the same script since then: which of them is ours, nobody can tell.
    if (ended.length > 0) return ended.length === 1 ? ended[0] : undefined;
    if (order.state !== 'unknown') return undefined;
    const running = (await vendor.runningScripts(id, read)).filter(isOurs);
    return running.length === 1 ? accepted('Automate is running the script') : undefined;
  }

  async function readCommand(id: number, { ref }: Order, signal: AbortSignal): Promise<OrderOutcome | undefined> {
    if (ref === undefined) return undefined;
    const row = await vendor.command(id, ref, readOf(signal));
    const status = row?.Status?.trim().toLowerCase();
    if (status === 'success') return { state: 'done', text: 'Automate reports that the agent took the reboot' };
    return status === 'failed' || status === 'terminated'
      ? { state: 'failed', text: `Automate reports that the reboot ${status}` }
      : undefined;
  }

  return {
    async order(vendorId, { request }, { signal }) {
      const id = Number(vendorId);
      switch (request.action) {
        case 'reboot':
          return await reboot(id, request, signal);
        case 'script':
          return await script(id, request, signal);
        case 'maintenance':
        case 'maintenance_end':
          return refused('Automate has no way to set maintenance: nothing was done');
      }
    },
    async readOrder(vendorId, order, { signal, clock }) {
      const id = Number(vendorId);
      const { request } = order;
      if (request.action === 'reboot') return await readCommand(id, order, signal);
      return request.action === 'script' ? await readScript(id, { ...order, request }, signal, clock.now()) : undefined;
    },
    async scripts(_vendorId, { signal }) {
      const found = await vendor.scripts(readOf(signal));
      return found
        .filter(({ IsComputerScript }) => IsComputerScript !== false)
        .map(({ Id, Name }) => ({ id: String(Id), name: Name ?? String(Id) }));
    },
  };
}

/** A line of information, or a run that goes on, is no end. */
function outcomeOf({ State, DiagnosticMessage }: ScriptRun): OrderOutcome | undefined {
  const state = State?.trim().toLowerCase();
  if (state === 'success') return { state: 'done', text: 'Automate reports that the script succeeded' };
  const why = DiagnosticMessage?.trim() ?? '';
  const text = `Automate reports that the script failed${why === '' ? '' : `: ${why.slice(0, 200)}`}`;
  return state === 'failure' ? { state: 'failed', text } : undefined;
}

const once = 1;
const priority = 6;

function readOf(signal: AbortSignal): Read {
  return { signal, dropped: createReadCounters().dropped };
}

/** Parameters have names here: `KB=5041578`. A text says why they cannot be sent. */
function toParameters(given: readonly string[]): readonly { Key: string; Value: string }[] | string {
  const pairs = given.map((text) => /^([^=]+)=(.*)$/s.exec(text));
  if (pairs.includes(null)) return 'arguments of an Automate script are written name=value: nothing was done';
  return pairs.map((pair) => ({ Key: pair?.[1] ?? '', Value: pair?.[2] ?? '' }));
}

/** The reply has no handle, and says per computer whether it was taken. */
function judge(reply: unknown, id: number): OrderOutcome {
  const parsed = BatchReply.safeParse(reply);
  const own = parsed.data?.ScriptResults?.find(({ EntityId }) => EntityId === id);
  if (!parsed.success || own === undefined)
    return { state: 'unknown', text: 'Automate answered in a form we cannot read: it may have been carried out' };
  if (!parsed.data.ContainsUnsuccessfulResults) return accepted('Automate took the script');
  const message = own.ResultDetails?.Message?.trim() ?? '';
  return refused(`Automate refused the script${message === '' ? '' : `: ${message.slice(0, 200)}`}`);
}
