import { ApiError, parseStrict, type SimulatedDevice } from '@patchhaven/simulator-kit';
import type { Express, Request } from 'express';
import { z } from 'zod';
import type { Row } from './conditions.ts';

interface OrderParts {
  readonly clock: { now(): number };
  readonly deviceOf: (request: Request) => SimulatedDevice;
  readonly page: <T>(items: readonly T[], toRow: (item: T) => Row, request: Request) => readonly Row[];
  readonly wallTime: (at: number) => string;
  readonly scripts: 'Success' | 'Failure' | 'refused';
  readonly reboot: (number: number) => void;
}

const api = '/cwa/api/v1';
const runSeconds = 30;
const catalogue = [
  { Id: '6042', Name: 'Remove an update', IsComputerScript: true, Version: 3, FullFolderPath: 'Updates' },
  { Id: '6043', Name: 'Monthly report', IsComputerScript: false, Version: 1, FullFolderPath: 'Reports' },
] as const;
const commands = [
  { Id: '2', Name: 'Shell', Description: 'Runs a program', Level: 1 },
  { Id: '17', Name: 'Reboot', Description: 'Restarts the computer', Level: 1 },
] as const;

const Batch = z.strictObject({
  EntityType: z.literal('Computer'),
  EntityIds: z.array(z.int()).min(1),
  ScriptId: z.int(),
  Schedule: z.strictObject({ ScriptScheduleFrequency: z.strictObject({ ScriptScheduleFrequencyId: z.literal(1) }) }),
  Parameters: z.array(z.strictObject({ Key: z.string().min(1), Value: z.string() })),
  UseAgentTime: z.boolean(),
  OfflineActionFlags: z.strictObject({ SkipsOfflineAgents: z.boolean() }),
  Priority: z.int(),
});
const Execute = z.strictObject({
  ComputerId: z.int(),
  Command: z.strictObject({ Id: z.string() }),
  Parameters: z.array(z.string()),
});

/** Scripts by the batch route, which gives no handle, and commands of the catalogue. */
export function orderRoutes(app: Express, parts: OrderParts): void {
  const runs: { readonly number: number; readonly script: number; readonly at: number }[] = [];
  const given: { readonly id: number; readonly number: number; readonly command: string }[] = [];
  const isOver = ({ at }: { readonly at: number }): boolean => parts.clock.now() >= at + runSeconds;

  app.get(`${api}/Scripts`, (request, response) => {
    response.json(parts.page(catalogue, (row) => row, request));
  });
  app.get(`${api}/Commands`, (request, response) => {
    response.json(parts.page(commands, (row) => row, request));
  });
  app.post(`${api}/Batch/ScriptExecute`, (request, response) => {
    const { EntityIds, ScriptId } = parseStrict(Batch, request.body);
    if (!catalogue.some(({ Id }) => Number(Id) === ScriptId)) throw new ApiError(400, 'no such script');
    const isRefused = parts.scripts === 'refused';
    if (!isRefused) runs.push(...EntityIds.map((number) => ({ number, script: ScriptId, at: parts.clock.now() })));
    const ResultDetails = isRefused
      ? { ResultStatus: 2, ReasonCode: 9, Message: 'The computer is excluded from scripts' }
      : { ResultStatus: 1, ReasonCode: 0, Message: '' };
    response.json({
      ScriptResults: EntityIds.map((EntityId) => ({ EntityId, ResultDetails })),
      ContainsUnsuccessfulResults: isRefused,
    });
  });
  app.get(`${api}/Computers/:id/RunningScripts`, (request, response) => {
    const { number } = parts.deviceOf(request);
    const row = (run: (typeof runs)[number]): Row => ({
      ...common(run),
      Status: 'Running',
      StartDate: parts.wallTime(run.at),
    });
    response.json(
      parts.page(
        runs.filter((run) => run.number === number && !isOver(run)),
        row,
        request,
      ),
    );
  });
  app.get(`${api}/Computers/:id/ScriptHistory`, (request, response) => {
    const { number } = parts.deviceOf(request);
    const row = (run: (typeof runs)[number]): Row => ({
      ...common(run),
      User: 'simulator',
      Status: 'Completed',
      State: parts.scripts,
      HistoryDate: parts.wallTime(run.at + runSeconds),
      DiagnosticMessage: parts.scripts === 'Failure' ? 'exit 1603' : '',
    });
    response.json(
      parts.page(
        runs.filter((run) => run.number === number && isOver(run)),
        row,
        request,
      ),
    );
  });
  app.post(`${api}/Computers/:id/CommandExecute`, (request, response) => {
    const { number } = parts.deviceOf(request);
    const { ComputerId, Command } = parseStrict(Execute, request.body);
    if (ComputerId !== number) throw new ApiError(400, 'the path names another computer');
    const command = commands.find(({ Id }) => Id === Command.Id);
    if (command === undefined) throw new ApiError(400, 'no such command');
    if (command.Name === 'Reboot') parts.reboot(number);
    const row = { id: 900 + given.length, number, command: Command.Id };
    given.push(row);
    response.json({ Id: row.id, ComputerId, Command, Status: 'Loading', Output: '' });
  });
  app.get(`${api}/Computers/:id/CommandExecute`, (request, response) => {
    const { number } = parts.deviceOf(request);
    const row = ({ id, command }: (typeof given)[number]): Row => ({
      Id: id,
      ComputerId: number,
      Command: { Id: command },
      Status: 'Success',
      Output: 'OK',
    });
    response.json(
      parts.page(
        given.filter((one) => one.number === number),
        row,
        request,
      ),
    );
  });
}

function common({
  number,
  script,
  at,
}: {
  readonly number: number;
  readonly script: number;
  readonly at: number;
}): Row {
  return { Id: Math.floor(at), ScriptId: script, ComputerId: number, Name: `Script ${String(script)}` };
}
