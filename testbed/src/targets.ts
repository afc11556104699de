import { Gauge, Registry } from 'prom-client';
import { startHttpListener, type HttpListener } from './http-listener.ts';

/** Whose metric names the target speaks: node_exporter or windows_exporter (0.30 and later). */
export type TargetFlavour = 'node' | 'windows';

export interface TargetOptions {
  /** The host name it reports: `node_uname_info{nodename}` or `windows_os_hostname{hostname}`. */
  nodename: string;
  flavour?: TargetFlavour;
  bootTimeUnixSeconds: number;
  /** Service name → running; a systemd unit needs its suffix, for example 'nginx.service'. */
  services?: Record<string, boolean>;
}

/** One monitored machine as Prometheus sees it. */
export interface DeviceTarget extends Omit<HttpListener, 'up'> {
  readonly nodename: string;
  /** Answers on the same port again, after a boot at the given time when one is given. */
  up(boot?: { bootTimeUnixSeconds: number }): Promise<void>;
  setService(name: string, active: boolean): void;
}

interface MetricNames {
  boot: string;
  host: string;
  hostLabel: string;
  service: string;
  serviceState: string;
}

const metricNames = {
  node: {
    boot: 'node_boot_time_seconds',
    host: 'node_uname_info',
    hostLabel: 'nodename',
    service: 'node_systemd_unit_state',
    serviceState: 'active',
  },
  windows: {
    boot: 'windows_system_boot_time_timestamp',
    host: 'windows_os_hostname',
    hostLabel: 'hostname',
    service: 'windows_service_state',
    serviceState: 'running',
  },
} satisfies Record<TargetFlavour, MetricNames>;

/** Starts one machine's exporter; `down` closes its socket as a power cut does, `up` brings it back on the same port. */
export async function startTarget(options: TargetOptions): Promise<DeviceTarget> {
  const names = metricNames[options.flavour ?? 'node'];
  const registry = new Registry();
  const registers = [registry];
  const boot = new Gauge({ name: names.boot, help: 'Time of the last boot.', registers });
  const host = new Gauge({ name: names.host, help: 'Host name.', labelNames: [names.hostLabel], registers });
  const service = new Gauge({ name: names.service, help: 'Service state.', labelNames: ['name', 'state'], registers });
  const setService = (name: string, active: boolean) => {
    service.set({ name, state: names.serviceState }, active ? 1 : 0);
  };

  boot.set(options.bootTimeUnixSeconds);
  host.set({ [names.hostLabel]: options.nodename }, 1);
  for (const [name, active] of Object.entries(options.services ?? {})) setService(name, active);

  const listener = await startHttpListener((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    void registry.metrics().then((text) => {
      response.writeHead(200, { 'content-type': registry.contentType }).end(text);
    });
  });

  return {
    ...listener,
    nodename: options.nodename,
    setService,
    up: async (reboot) => {
      if (reboot !== undefined) boot.set(reboot.bootTimeUnixSeconds);
      await listener.up();
    },
  };
}
