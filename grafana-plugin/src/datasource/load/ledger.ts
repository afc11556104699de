import { ledgerLogsFrame } from '../frames/logs';
import { ledgerFrame } from '../frames/tables';
import { cutNotice, filterNotices, type Loaded, type LoadContext, spanOf } from './context';
import { deviceFacts, readHistory, scopeOf } from './history';

export async function loadLedger(context: LoadContext): Promise<Loaded> {
  const { query } = context;
  const scope = await scopeOf(context);
  const lines = await readHistory(context, '/ledger', {
    scope,
    span: spanOf(context),
    query: query.actions.length === 0 ? {} : { action: query.actions.join(',') },
    limit: query.limit,
    facts: deviceFacts,
    at: ({ at }) => at,
  });
  const toFrame = query.ledgerFormat === 'logs' ? ledgerLogsFrame : ledgerFrame;
  return {
    frames: [toFrame(lines.items, { refId: query.refId, span: spanOf(context) })],
    notices: [
      ...scope.notices,
      ...(lines.isCut ? [cutNotice(lines.items.length, 'newest lines of the ledger', true)] : []),
      ...filterNotices(context, ['organization', 'site', 'group', 'device', 'instance']),
    ],
  };
}
