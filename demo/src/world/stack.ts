import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { scaleRules } from '../../../alert-rules/src/scale.ts';
import { DEFAULT_CLIENT } from '../../../simulators/ninjaone/src/simulator.ts';
import {
  createWorkFolder,
  eventually,
  startAlertmanager,
  startPagerDuty,
  startPrometheus,
  startWebhookSink,
  type AlertmanagerServer,
  type PagerDutyFake,
  type PrometheusServer,
  type WebhookSink,
} from '../../../testbed/src/index.ts';
import { rewriteAlertmanager } from '../configuration/alertmanager.ts';
import { delivered } from '../configuration/delivered.ts';
import { rewriteExporter } from '../configuration/exporter.ts';
import { rewritePrometheus } from '../configuration/prometheus.ts';
import { factor } from '../scale.ts';
import { createExporterApi, type ExporterApi } from './exporter-api.ts';
import { createExporter, type ExporterProcess } from './exporter-process.ts';
import { checkOf, everyHost, organization } from './hosts.ts';
import { startMachines, type MachineListener, type Machines } from './machines.ts';

/** Everything the story needs, running. */
export interface Stack {
  readonly machines: Machines;
  readonly exporter: ExporterProcess;
  readonly api: ExporterApi;
  readonly prometheus: PrometheusServer;
  readonly alertmanager: AlertmanagerServer;
  readonly pagerDuty: PagerDutyFake;
  readonly chat: WebhookSink;
  stop(): Promise<void>;
}

const routingKey = 'patchhaven-demo-0123456789abcdef';
/** The simulator counts organizations from here. */
const firstOrganizationId = '2';

export async function startStack(listener: MachineListener, say: (line: string) => void): Promise<Stack> {
  const folder = createWorkFolder('demo');
  const inFolder = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };

  const [machines, pagerDuty, chat, exporter] = await Promise.all([
    startMachines(listener),
    startPagerDuty({ routingKeys: [routingKey] }),
    startWebhookSink(),
    createExporter(folder),
  ]);
  say(`${String(everyHost.length)} machines, a NinjaOne simulator that manages them, and a fake PagerDuty`);

  const prometheusConfig = rewritePrometheus(delivered.prometheus(), {
    factor,
    exporterAddress: exporter.address,
    tokenFile: exporter.tokenFile,
    targets: machines.targets,
  });
  const alertmanager = await startAlertmanager({
    configYaml: rewriteAlertmanager(delivered.alertmanager(), {
      factor,
      pagerDutyUrl: pagerDuty.enqueueUrl,
      routingKeyFile: inFolder('routing-key', routingKey),
      chatUrl: chat.url,
    }),
    templates: { patchhaven: delivered.template() },
  });
  const prometheus = await startPrometheus({
    ...prometheusConfig,
    rules: delivered.rules().map((rules) => scaleRules(rules, factor)),
    alertmanagers: [alertmanager.address],
    flags: ['--query.lookback-delta=10s', '--rules.alert.resend-delay=2s'],
  });
  say('real Prometheus and Alertmanager, with the delivered rules and routes');

  exporter.configure(
    rewriteExporter(delivered.exporter(), {
      factor,
      storageUrl: exporter.storageUrl,
      prometheusUrl: prometheus.url,
      ninjaUrl: machines.ninjaUrl,
      clientSecretFile: inFolder('client-secret', DEFAULT_CLIENT.secret),
      organizations: [{ ...organization, vendorIds: [firstOrganizationId] }],
      checks: everyHost.map(checkOf),
    }),
  );
  await exporter.start();
  say('the Patchhaven exporter, on SQLite');

  const api = createExporterApi(exporter);
  return {
    machines,
    exporter,
    api,
    prometheus,
    alertmanager,
    pagerDuty,
    chat,
    stop: async () => {
      await Promise.all([prometheus.stop(), alertmanager.stop(), exporter.stop()]);
      await Promise.all([machines.close(), pagerDuty.down(), chat.down()]);
    },
  };
}

/** The story may begin once each machine is matched to its RMM device and scraped under the same name. */
export async function everyMachineIsWatched({ api, prometheus }: Pick<Stack, 'api' | 'prometheus'>): Promise<void> {
  const wanted = everyHost.length;
  await eventually(
    async () => (await api.devices()).filter((it) => it.identity.status === 'matched').length === wanted,
    {
      timeoutMs: 60_000,
      what: 'the exporter to match every machine',
    },
  );
  const watched = 'count(up{job=~"node|windows"} == 1 and on (organization, instance) patch_device_info)';
  await eventually(async () => (await prometheus.query(watched))[0]?.value === wanted, {
    timeoutMs: 30_000,
    what: 'Prometheus to scrape every machine and the exporter',
  });
}
