import { z } from 'zod';
import { httpUrl } from './common.ts';

export const linksSection = z
  .strictObject({
    app_url: httpUrl.optional().describe('Where the Patchhaven app is, for links in alerts and answers.'),
    runbook_base_url: httpUrl.optional().describe('Where the runbooks are.'),
  })
  .transform((raw) => ({ appUrl: raw.app_url, runbookBaseUrl: raw.runbook_base_url }))
  .prefault({});
