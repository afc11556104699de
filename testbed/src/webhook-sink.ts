import { z } from 'zod';
import { systemClock, type Clock, type UnixSeconds } from '../../exporter/src/domain/time.ts';
import { eventually } from './clock/wait.ts';
import { readBody, startHttpListener, type HttpListener } from './http-listener.ts';

const Labels = z.record(z.string(), z.string());

/** What Alertmanager posts to a webhook receiver, version 4. Source: alertmanager docs/configuration.md, `<webhook_config>`. */
export const WebhookMessage = z.object({
  version: z.literal('4'),
  groupKey: z.string(),
  status: z.enum(['firing', 'resolved']),
  receiver: z.string(),
  groupLabels: Labels,
  commonLabels: Labels,
  commonAnnotations: Labels,
  externalURL: z.string(),
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels: Labels,
      annotations: Labels,
      startsAt: z.iso.datetime({ offset: true }),
      endsAt: z.iso.datetime({ offset: true }),
      fingerprint: z.string(),
    }),
  ),
});
export type WebhookMessage = z.infer<typeof WebhookMessage>;

export interface ReceivedMessage extends WebhookMessage {
  receivedAtUnixSeconds: UnixSeconds;
}

export interface WebhookSink extends HttpListener {
  /** Everything received so far, oldest first. */
  messages(): ReceivedMessage[];
  /** The first message, past or future, that `matches`. */
  waitFor(matches: (message: ReceivedMessage) => boolean, timeoutMs: number): Promise<ReceivedMessage>;
}

function parseMessage(body: Buffer): WebhookMessage | undefined {
  try {
    return WebhookMessage.safeParse(JSON.parse(body.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Starts a webhook receiver that records what Alertmanager sends and answers 400 to anything else. */
export async function startWebhookSink({ clock = systemClock }: { clock?: Clock } = {}): Promise<WebhookSink> {
  const received: ReceivedMessage[] = [];
  const listener = await startHttpListener((request, response) => {
    void readBody(request).then((body) => {
      const message = parseMessage(body);
      if (message !== undefined) received.push({ ...message, receivedAtUnixSeconds: clock.now() });
      response.writeHead(message === undefined ? 400 : 200).end();
    });
  });
  return {
    ...listener,
    messages: () => [...received],
    waitFor: (matches, timeoutMs) =>
      eventually(() => received.find(matches), { timeoutMs, what: 'the webhook message' }),
  };
}
