import { parseArgs } from 'node:util';
import { playStory } from './story/story.ts';
import { renderTable } from './story/table.ts';
import { factor, inProduction, scaled } from './scale.ts';
import { createPaint, wantsColours, wrap } from './timeline/layout.ts';
import { createTimeline, type Timeline } from './timeline/timeline.ts';
import type { Host } from './world/hosts.ts';
import { everyMachineIsWatched, startStack, type Stack } from './world/stack.ts';

const usage = `usage: npm run demo -- [--keep]

Plays a patch night on real Prometheus and Alertmanager and compares who was paged with who should have been.
Exit status 0: everything as it must be. 1: something was not.

  --keep   leaves everything running afterwards, with its URLs, until Ctrl-C`;

const widest = 118;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } });
  if (values.help === true) {
    console.log(usage);
    return 0;
  }
  const paint = createPaint(wantsColours(process.stdout, process.env));
  const width = Math.min(widest, process.stdout.columns ?? widest);
  const say = (line: string): void => {
    console.log(line);
  };

  say('');
  say(paint('strong', '  Patchhaven: a patch night, played fast'));
  say('');
  for (const line of wrap(introduction(), width - 4)) say(`  ${line}`);
  say('');
  const started = (line: string): void => {
    say(`  ${paint('good', 'started')}  ${line}`);
  };
  const downAt = new Map<Host, number>();
  const upAt = new Map<Host, number>();
  const told: { timeline?: Timeline } = {};
  const stack = await startStack(
    {
      wentDown: (host) => {
        downAt.set(host, Date.now() / 1000);
        told.timeline?.line(host.name, 'down', 'stops answering');
      },
      cameBack: (host) => {
        upAt.set(host, Date.now() / 1000);
        told.timeline?.line(host.name, 'up', 'answers again');
      },
    },
    started,
  );
  const at = (times: Map<Host, number>) => (host: Host) => times.get(host) ?? Number.NaN;
  let status = 1;
  try {
    await everyMachineIsWatched(stack);
    started('every machine is scraped and matched to its NinjaOne device');
    const timeline = createTimeline({ write: say, paint, width, nowUnixSeconds: () => Date.now() / 1000 });
    told.timeline = timeline;
    const verdicts = await playStory(stack, timeline, { downAt: at(downAt), upAt: at(upAt) });
    const wrong = verdicts.filter(({ holds }) => !holds).length;
    say('');
    for (const line of renderTable(verdicts, width, paint)) say(line);
    say('');
    const result =
      wrong === 0 ? 'Everything as it must be.' : `${String(wrong)} of ${String(verdicts.length)} are wrong.`;
    say(paint(wrong === 0 ? 'good' : 'bad', `  ${result}`));
    status = wrong === 0 ? 0 : 1;
  } catch (error) {
    say('');
    for (const line of whatWentWrong(error, stack)) say(line);
  }
  if (values.keep === true) await keep(stack, say);
  await stack.stop();
  return status;
}

function introduction(): string {
  const second = `1 s here is ${inProduction(1)} of production`;
  const budget = `the reboot budget of ${inProduction(scaled.budgetSeconds)} takes ${String(scaled.budgetSeconds)} s`;
  return (
    `Time runs ${String(Math.round(1 / factor))} times faster: ${second}, and ${budget}. The clock on the left is minutes ` +
    `and seconds of this run. The rules, routes and scrape jobs are the delivered files; only times and addresses differ.`
  );
}

function whatWentWrong(error: unknown, stack: Stack): string[] {
  const message = error instanceof Error ? error.message : String(error);
  const logs = [stack.exporter, stack.prometheus, stack.alertmanager].flatMap((program) => [
    '',
    `  last lines of ${program.logFile}:`,
    ...program
      .logs(8)
      .split('\n')
      .map((line) => `    ${line.slice(0, 400)}`),
  ]);
  const cause = error instanceof Error && error.cause !== undefined ? [`  because: ${String(error.cause)}`] : [];
  return [`  The story broke off: ${message}`, ...cause, ...logs];
}

async function keep(stack: Stack, say: (line: string) => void): Promise<void> {
  say('');
  say('  Everything keeps running until Ctrl-C:');
  say(`    Prometheus    ${stack.prometheus.url}/alerts`);
  say(`    Alertmanager  ${stack.alertmanager.url}`);
  say(`    Exporter      ${stack.exporter.url}`);
  say(`    NinjaOne      ${stack.machines.ninjaUrl}`);
  say(`    Token         ${stack.exporter.token}  (reads the API: Authorization: Bearer …)`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
    setInterval(() => undefined, 60_000);
  });
}

/** What could not even start says so in its own words; the programs that did start end with this process. */
function couldNotStart(error: unknown): number {
  console.error(`  The demo could not start: ${error instanceof Error ? error.message : String(error)}`);
  return 1;
}

process.exit(await main().catch(couldNotStart));
