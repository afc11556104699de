import { connect } from 'node:net';
import { startHttpListener, type HttpListener } from './http-listener.ts';

const probeTimeoutMs = 900;

function acceptsTcp(target: string): Promise<boolean> {
  const separator = target.lastIndexOf(':');
  const socket = connect({ host: target.slice(0, separator), port: Number(target.slice(separator + 1)) });
  return new Promise((resolve) => {
    const finish = (success: boolean) => {
      socket.destroy();
      resolve(success);
    };
    socket.setTimeout(probeTimeoutMs, () => {
      finish(false);
    });
    socket.once('connect', () => {
      finish(true);
    });
    socket.once('error', () => {
      finish(false);
    });
  });
}

async function answers2xx(target: string): Promise<boolean> {
  try {
    const response = await fetch(target, { signal: AbortSignal.timeout(probeTimeoutMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * A stand-in for blackbox_exporter: `/probe?module=tcp_connect&target=host:port` and
 * `/probe?module=http_2xx&target=http://…` answer with `probe_success` 0 or 1. Any other request is a 400.
 */
export function startProber(): Promise<HttpListener> {
  const modules: Record<string, (target: string) => Promise<boolean>> = {
    tcp_connect: acceptsTcp,
    http_2xx: answers2xx,
  };
  return startHttpListener((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://prober');
    const probe = modules[searchParams.get('module') ?? ''];
    const target = searchParams.get('target');
    if (pathname !== '/probe' || probe === undefined || target === null || !target.includes(':')) {
      response.writeHead(400).end('unknown module or missing target\n');
      return;
    }
    void probe(target).then((success) => {
      response
        .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
        .end(`# TYPE probe_success gauge\nprobe_success ${success ? 1 : 0}\n`);
    });
  });
}
