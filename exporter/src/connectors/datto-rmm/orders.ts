import type { OrderOutcome } from '../../domain/order.ts';
import type { ConnectorMethods } from '../definition.ts';
import { accepted, giveOrder, refused } from '../order-outcome.ts';
import { JobReply } from './api-schema.ts';
import type { DattoClient } from './client.ts';

const failures: Readonly<Record<string, string>> = {
  failure: 'failed',
  warning: 'ended with a warning',
  expired: 'expired before it ran',
  retired: 'was withdrawn before it ran',
};

/** Quick jobs: a component of the account, run once. Reboots are components here like any other. */
export function createDattoOrders(vendor: DattoClient): Required<Pick<ConnectorMethods, 'order' | 'readOrder'>> {
  return {
    async order(uid, { id, request }, { signal }) {
      if (request.action !== 'script')
        return refused('Datto RMM does this by a component only: order it as a script; nothing was done');
      const variables = request.arguments.map((text) => /^([^=]+)=(.*)$/s.exec(text));
      if (variables.includes(null)) return refused('variables of a component are written name=value: nothing was done');
      const job = {
        jobName: `Patchhaven ${id}`,
        jobComponent: {
          componentUid: request.script,
          variables: variables.map((pair) => ({ name: pair?.[1] ?? '', value: pair?.[2] ?? '' })),
        },
      };
      return await giveOrder(
        () => vendor.quickJob(uid, job, signal),
        (reply): OrderOutcome => {
          const parsed = JobReply.safeParse(reply);
          return parsed.success
            ? accepted('Datto RMM took the job', parsed.data.job.uid)
            : { state: 'unknown', text: 'Datto RMM answered without a job: it may have been carried out' };
        },
      );
    },

    async readOrder(uid, { ref, request }, { signal }) {
      if (ref === undefined || request.action !== 'script') return undefined;
      const status = (await vendor.jobStatus(ref, uid, signal))?.trim().toLowerCase() ?? '';
      if (status === 'success') return { state: 'done', text: 'Datto RMM reports that the job succeeded' };
      const failure = failures[status];
      return failure === undefined ? undefined : { state: 'failed', text: `Datto RMM reports that the job ${failure}` };
    },
  };
}
