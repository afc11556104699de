import { z } from 'zod';
import { secretOption } from '../../connectors/secret.ts';

export const storageSection = z
  .strictObject({
    url: z
      .string()
      .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, 'must be sqlite:<file> or postgres://…')
      .refine((url) => !/^postgres(ql)?:\/\/[^/@]*:[^/@]*@/.test(url), 'must not hold a password: use password_file')
      .prefault('sqlite:./data/patchhaven.db')
      .describe('Where everything durable lives: `sqlite:<file>` or `postgres://user@host/database`.'),
    password: secretOption.optional().describe('Password of the PostgreSQL user.'),
  })
  .prefault({});
