import { z } from 'zod';
import { roles } from '../../store/patch-store.ts';
import { tokenNameForm, tokenNameRule } from '../auth/token.ts';
import { Time, TimeInput } from './common.ts';

const Organizations = z
  .union([z.literal('all'), z.array(z.string().min(1).max(200)).min(1).max(1000)])
  .meta({ description: '`all`, or the organizations the token is for.' });

const described = {
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  organizations: Organizations,
  createdAt: Time,
  expiresAt: Time.nullable(),
  revokedAt: Time.nullable(),
  state: z.enum(['valid', 'expired', 'revoked']),
};

export const Token = z.object(described).meta({ id: 'Token', description: 'An API token without its secret.' });
export const TokenList = z.object({ items: z.array(Token) }).meta({ id: 'TokenList' });

export const CreatedToken = z
  .object({ ...described, secret: z.string().meta({ description: 'The whole bearer token. It is not shown again.' }) })
  .meta({ id: 'CreatedToken' });

export const NewToken = z
  .strictObject({
    name: z
      .string()
      .regex(tokenNameForm, tokenNameRule)
      .meta({ description: 'Stands in audit records and the ledger.' }),
    role: z.enum(roles),
    organizations: Organizations,
    expiresAt: TimeInput.optional().meta({ description: 'Default: does not expire.' }),
  })
  .meta({ id: 'NewToken' });

export const TokenParams = z.object({ id: z.string().min(1).max(200) });
