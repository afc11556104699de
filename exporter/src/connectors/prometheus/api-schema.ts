/** Answers of the Prometheus HTTP API v1 (https://prometheus.io/docs/prometheus/latest/querying/api/), what we read of them. */
import { z } from 'zod';

const labels = z.record(z.string(), z.string());

/** One element of an instant vector; a value that is not finite says nothing and makes the element unreadable. */
export const Sample = z
  .object({
    metric: labels,
    value: z.tuple([z.number(), z.string().regex(/^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$/i)]),
  })
  .transform(({ metric, value: [at, value] }) => ({ labels: metric, at, value: Number(value) }));
export type Sample = z.output<typeof Sample>;

export const VectorAnswer = z.object({
  status: z.literal('success'),
  data: z.object({ resultType: z.literal('vector'), result: z.array(z.unknown()) }),
  /** Thanos and Mimir answer with a part of the data and say so here. */
  warnings: z.array(z.unknown()).nullish(),
});

export const ConfigAnswer = z.object({ status: z.literal('success'), data: z.object({ yaml: z.string() }) });

export const ServerConfig = z.object({
  global: z.object({ external_labels: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});
