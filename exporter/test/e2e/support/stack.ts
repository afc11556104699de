import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import {
  createWorkFolder,
  eventually,
  startAlertmanager,
  startAlertmanagerCluster,
  startPagerDuty,
  startPrometheus,
  type AlertmanagerServer,
  type PagerDutyFake,
  type PrometheusAlert,
  type PrometheusServer,
} from '../../../../testbed/src/index.ts';
import { ExporterApi, type PostedEvent, type WindowAnswer } from './api.ts';
import {
  alertmanagerConfig,
  alertmanagerTemplates,
  exporterConfig,
  scaledRules,
  scrapeConfigs,
} from './configuration.ts';
import { inventory, startDevice, type DeviceSpec, type StackDevice } from './devices.ts';
import { createExporter, type ExporterProcess } from './exporter-process.ts';
import { pagesOf, type Page } from './pages.ts';
import { interval, pagesAfterSeconds, patienceMs, prometheusFlags } from './scale.ts';

export interface StackOptions {
  readonly devices: readonly DeviceSpec[];
  /** How many outages at a time may serve as proof that pages flow. */
  readonly controls: number;
  /** More sources of the exporter, and the organizations their ids belong to. */
  readonly sources?: readonly object[];
  readonly organizations?: readonly object[];
  /** Two exporters with a store each, and two Alertmanagers as one cluster. */
  readonly replicated?: boolean;
}

/** Between two questions to a program: a fraction of its own interval. */
const pollMs = 150;
const now = (): number => Date.now() / 1000;

/** Machines, the real Prometheus and Alertmanager, a fake PagerDuty, and the exporter, all on one scaled clock. */
export class Stack {
  readonly pagerDuty: PagerDutyFake;
  readonly prometheus: PrometheusServer;
  readonly alertmanagers: readonly AlertmanagerServer[];
  readonly exporters: readonly ExporterProcess[];
  readonly #devices: readonly StackDevice[];
  readonly #freeControls: StackDevice[];

  private constructor(parts: {
    pagerDuty: PagerDutyFake;
    prometheus: PrometheusServer;
    alertmanagers: readonly AlertmanagerServer[];
    exporters: readonly ExporterProcess[];
    devices: readonly StackDevice[];
    controls: readonly StackDevice[];
  }) {
    this.pagerDuty = parts.pagerDuty;
    this.prometheus = parts.prometheus;
    this.alertmanagers = parts.alertmanagers;
    this.exporters = parts.exporters;
    this.#devices = parts.devices;
    this.#freeControls = [...parts.controls];
  }

  /** Resolves when every device that has a source is matched to its target. */
  static async start(options: StackOptions): Promise<Stack> {
    const devices = await Promise.all(options.devices.map(startDevice));
    const controls = await Promise.all(
      Array.from({ length: options.controls }, (_, i) =>
        startDevice({ name: `control${String(i)}`, inventoried: false }),
      ),
    );
    const inventoryFolder = createWorkFolder('inventory');
    mkdirSync(inventoryFolder, { recursive: true });
    writeFileSync(path.join(inventoryFolder, 'fleet.json'), JSON.stringify(inventory(devices)));

    // Everything happens thirty times as fast as PagerDuty's limit of 120 calls a minute is meant for.
    const pagerDuty = await startPagerDuty({ callsPerMinute: 3600 });
    const amOptions = {
      configYaml: stringify(alertmanagerConfig(pagerDuty.enqueueUrl)),
      templates: alertmanagerTemplates,
    };
    const alertmanagers = options.replicated
      ? await startAlertmanagerCluster({ ...amOptions, peerTimeout: '1s' })
      : [await startAlertmanager(amOptions)];
    const prometheus = await startPrometheus({
      rules: scaledRules(),
      scrapeConfigs: scrapeConfigs([...devices, ...controls], []),
      alertmanagers: alertmanagers.map(({ address }) => address),
      scrapeInterval: interval,
      evaluationInterval: interval,
      flags: prometheusFlags,
    });
    const exporters = await Promise.all(
      Array.from({ length: options.replicated ? 2 : 1 }, () =>
        createExporter((storageUrl) =>
          exporterConfig({
            storageUrl,
            prometheusUrl: prometheus.url,
            inventoryFolder,
            devices,
            sources: options.sources ?? [],
            organizations: options.organizations ?? [],
          }),
        ),
      ),
    );
    await prometheus.reload({ scrapeConfigs: scrapeConfigs([...devices, ...controls], exporters) });
    // Discovery asks at once and then every ten seconds: it had better find the targets scraped.
    const isScraped = async () =>
      (await prometheus.query('count(up{job=~"node|windows"} == 1)'))[0]?.value === devices.length + controls.length;
    await eventually(isScraped, { timeoutMs: patienceMs, what: 'every target to be scraped' });
    await Promise.all(exporters.map((exporter) => exporter.start()));
    const stack = new Stack({ pagerDuty, prometheus, alertmanagers, exporters, devices, controls });
    await stack.allMatched();
    return stack;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.exporters, this.prometheus, ...this.alertmanagers].map((program) => program.stop()));
    await Promise.all([this.pagerDuty.down(), ...this.#devices.map(({ target }) => target.down())]);
    await Promise.all(this.#freeControls.map(({ target }) => target.down()));
  }

  device(name: string, organization = 'acme'): StackDevice {
    const found = this.#devices.find((known) => known.name === name && known.organization === organization);
    if (found === undefined) throw new Error(`no device ${name} in ${organization}`);
    return found;
  }

  api(replica = 0): ExporterApi {
    const exporter = this.exporters[replica];
    if (exporter === undefined) throw new Error(`no exporter ${String(replica)}`);
    return new ExporterApi(exporter);
  }

  /** Tells every exporter that this happened to the device, just now unless a time is given. */
  async report(device: StackDevice, ...events: readonly (Omit<PostedEvent, 'at'> & { at?: number })[]): Promise<void> {
    const dated = events.map((event) => ({ at: now(), ...event }));
    for (const replica of this.exporters.keys()) {
      const { status, body } = await this.api(replica).post(device, dated);
      if (status !== 202) throw new Error(`the events were not accepted: ${JSON.stringify(body)}`);
    }
  }

  /** What a patch run with an orderly reboot tells. */
  reportPatchReboot(device: StackDevice, kb = 'KB5041578'): Promise<void> {
    const data = { patches: [{ id: kb, title: `2026-08 Cumulative Update (${kb})` }] };
    return this.report(device, { type: 'patch.installed', data }, { type: 'reboot.ordered' });
  }

  /** The device answers again, freshly booted. */
  comeBack(device: StackDevice): Promise<void> {
    return device.target.up({ bootTimeUnixSeconds: now() });
  }

  /** The device's alerts in Prometheus, pending and firing. */
  async alertsOf({ instance, organization, spec }: StackDevice): Promise<readonly PrometheusAlert[]> {
    const label = spec.targetOrganization === undefined ? organization : (spec.targetOrganization ?? undefined);
    const alerts = await this.prometheus.alerts();
    return alerts.filter(({ labels }) => labels['instance'] === instance && labels['organization'] === label);
  }

  async alert(
    device: StackDevice,
    alertname: string,
    state: 'pending' | 'firing' = 'firing',
  ): Promise<PrometheusAlert> {
    return eventually(
      async () => {
        const alerts = await this.alertsOf(device);
        return alerts.find((alert) => alert.labels['alertname'] === alertname && alert.state === state);
      },
      { timeoutMs: patienceMs, intervalMs: pollMs, what: `${alertname} ${state} for ${device.name}` },
    );
  }

  /** Stays with a quiet outage for longer than an unexplained one, beginning now, would need to page. */
  async quietLongEnough(device: StackDevice, replica = 0): Promise<void> {
    await this.alert(device, 'PostPatchReboot');
    const until = now() + pagesAfterSeconds;
    const seen = await eventually(
      async () => {
        if ((await this.quietWindow(device, 'open', replica)) === undefined) return 'lost';
        return now() >= until && 'kept';
      },
      { timeoutMs: patienceMs, intervalMs: pollMs, what: `${device.name} to stay quiet` },
    );
    if (seen === 'lost') throw new Error(`the window of ${device.name} did not stay open`);
  }

  /** The newest quiet window, if its outcome (`open` = none yet) is the given one. */
  async quietWindow(device: StackDevice, outcome: string, replica = 0): Promise<WindowAnswer | undefined> {
    const [newest] = await this.api(replica).quietWindows(device);
    return (newest?.outcome ?? 'open') === outcome ? newest : undefined;
  }

  /** Every exporter has its window open. */
  async windowOpened(device: StackDevice): Promise<void> {
    const replicas = [...this.exporters.keys()];
    await Promise.all(replicas.map((replica) => this.windowReaches(device, 'open', replica)));
    await this.alert(device, 'PostPatchReboot');
  }

  /** Waits for the newest quiet window to have that outcome. */
  windowReaches(device: StackDevice, outcome: string, replica = 0): Promise<WindowAnswer> {
    return eventually(() => this.quietWindow(device, outcome, replica), {
      timeoutMs: patienceMs,
      intervalMs: pollMs,
      what: `the window of ${device.name} to be ${outcome}`,
    });
  }

  /** Prometheus knows that the device's window is over. */
  async endScraped({ instance, organization }: StackDevice): Promise<void> {
    const series = `patch_device_quiet_until_timestamp_seconds{organization="${organization}", instance="${instance}"}`;
    await eventually(async () => (await this.prometheus.query(`${series} <= time()`)).length > 0, {
      timeoutMs: patienceMs,
      what: `Prometheus to see the end of the window of ${instance}`,
    });
  }

  pages(device: StackDevice): Page[] {
    const { organization, instance, spec } = device;
    return pagesOf(this.pagerDuty, spec.targetOrganization === null ? { instance } : { instance, organization });
  }

  page(device: StackDevice, alert: string): Promise<Page> {
    return eventually(() => this.pages(device).find((page) => page.alert === alert), {
      timeoutMs: patienceMs,
      what: `the page ${alert} for ${device.name}`,
    });
  }

  /**
   * What the person on call got for this device, once nothing more can come: every incident is resolved, and an outage
   * of another machine that began after that has paged and resolved. Silence that was only a broken pager fails here.
   */
  async story(device: StackDevice): Promise<readonly string[]> {
    await eventually(() => this.pages(device).every(({ resolved }) => resolved), {
      timeoutMs: patienceMs,
      what: `the incidents of ${device.name} to be resolved`,
    });
    await this.provePagesFlow();
    return this.pages(device).map(({ alert, triggers, resolved }) =>
      [alert, ...(triggers === 1 ? [] : [`${String(triggers)} times`]), ...(resolved ? [] : ['left open'])].join(' '),
    );
  }

  /** An outage that nobody explains, from its beginning to its resolve. */
  async provePagesFlow(): Promise<void> {
    const control = this.#freeControls.pop();
    if (control === undefined) throw new Error('more controls are needed');
    const before = this.pages(control).length;
    const isResolved = (resolved: boolean) => this.pages(control)[before]?.resolved === resolved;
    await control.target.down();
    await eventually(() => isResolved(false), { timeoutMs: patienceMs, what: `the page for ${control.name}` });
    await control.target.up();
    await eventually(() => isResolved(true), { timeoutMs: patienceMs, what: `the resolve for ${control.name}` });
    this.#freeControls.push(control);
  }

  /** Every device of an inventory is matched to its target; those that cannot be are left out. */
  async allMatched(): Promise<void> {
    const expected = this.#devices.filter(
      ({ spec }) => spec.nodename === undefined && spec.targetOrganization === undefined,
    );
    for (const replica of this.exporters.keys()) {
      await eventually(
        async () => {
          const known = await this.api(replica).devices();
          return expected.every(({ name, organization, instance }) =>
            known.some(
              (device) =>
                device.name === name && device.organization === organization && device.identity.instance === instance,
            ),
          );
        },
        { timeoutMs: patienceMs, what: 'every device to be matched to its target' },
      );
    }
  }

  /** Waits until the exporter has looked at Prometheus' alerts since now. */
  async watched(): Promise<void> {
    const since = now();
    const last = 'min(patchhaven_watcher_last_success_timestamp_seconds)';
    await eventually(async () => ((await this.prometheus.query(last))[0]?.value ?? 0) > since, {
      timeoutMs: patienceMs,
      what: 'the watcher to look again',
    });
  }
}
