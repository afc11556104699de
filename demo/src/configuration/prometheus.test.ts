import { describe, expect, it } from 'vitest';
import { delivered } from './delivered.ts';
import { rewritePrometheus } from './prometheus.ts';

const places = {
  factor: 1 / 30,
  exporterAddress: '127.0.0.1:4444',
  tokenFile: '/tmp/token',
  targets: new Map([['web-01:9100', '127.0.0.1:5555']]),
};

describe('rewritePrometheus', () => {
  const after = rewritePrometheus(delivered.prometheus(), places);
  const job = (name: string) => after.scrapeConfigs.find((candidate) => candidate.job_name === name);

  it('scales intervals', () => {
    expect(after).toMatchObject({ scrapeInterval: '500ms', evaluationInterval: '500ms' });
  });

  it('scrapes the exporter as delivered, at its address and with its token', () => {
    expect(job('patchhaven')).toMatchObject({
      honor_labels: true,
      authorization: { credentials_file: '/tmp/token' },
      static_configs: [{ targets: ['127.0.0.1:4444'] }],
    });
  });

  it('discovers machines from the exporter and finds them where they listen, under their own name', () => {
    for (const name of ['node', 'windows'])
      expect(job(name)).toMatchObject({
        http_sd_configs: [
          {
            url: 'http://127.0.0.1:4444/api/v1/sd/http',
            refresh_interval: '2000ms',
            authorization: { type: 'Bearer', credentials_file: '/tmp/token' },
          },
        ],
        relabel_configs: [
          { source_labels: ['__meta_patchhaven_os_family'], action: 'keep' },
          { source_labels: ['__address__'], target_label: 'instance' },
          {
            source_labels: ['__address__'],
            regex: 'web-01:9100',
            target_label: '__address__',
            replacement: '127.0.0.1:5555',
          },
        ],
      });
  });

  it('leaves no address of the container network behind', () => {
    expect(JSON.stringify(after)).not.toMatch(/patchhaven:9725|blackbox|\/etc\//);
  });

  it('refuses a file that lost one of the jobs', () => {
    const text = delivered.prometheus().replace('job_name: windows', 'job_name: win');
    expect(() => rewritePrometheus(text, places)).toThrow('windows');
  });
});
