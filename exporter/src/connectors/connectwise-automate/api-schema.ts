/**
 * Only the fields we read of the ConnectWise Automate REST API v1 (25.0.5). Required is what an object is useless
 * without; every other field may be missing, null or of a wrong type, and is then unknown.
 */
import { z } from 'zod';

const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const count = z.number().nullish().catch(null);

/** Some models write ids as numbers, others as text. */
const id = z.union([z.int().positive(), z.string().regex(/^[1-9]\d{0,14}$/)]).transform((value) => Number(value));

const Named = z.object({ Id: id, Name: text });

export const Computer = z.object({
  Id: id,
  Client: Named,
  Location: Named.nullish().catch(null),
  ComputerName: text,
  FriendlyName: text,
  Type: text,
  DomainName: text,
  LocalIPAddress: text,
  OperatingSystemName: text,
  OperatingSystemVersion: text,
  RemoteAgentLastContact: text,
  LastStartup: text,
  IsRebootNeeded: flag,
  AssetTag: text,
});
export type Computer = z.infer<typeof Computer>;

/** An update on a computer. Without any name it cannot be told from another. */
export const MicrosoftUpdate = z
  .object({
    MicrosoftUpdateId: text,
    Title: text,
    /** A number without "KB". */
    KnowledgeBaseId: z
      .union([z.string(), z.number().transform(String)])
      .nullish()
      .catch(null),
    Category: text,
    Severity: text,
    IsInstalled: flag,
    IsFailed: flag,
    InstallDate: text,
    PolicyApproval: z.object({ Name: text }).nullish().catch(null),
  })
  .refine(
    ({ MicrosoftUpdateId, Title }) => [MicrosoftUpdateId, Title].some((name) => (name?.trim() ?? '') !== ''),
    'has no name',
  );
export type MicrosoftUpdate = z.infer<typeof MicrosoftUpdate>;

export const PatchingStats = z.object({ NoPatchInventory: flag, MissingPatchCount: count });
export type PatchingStats = z.infer<typeof PatchingStats>;

export const TokenReply = z.object({ AccessToken: z.string().min(1) });
export const TwoFactorReply = z.object({ IsTwoFactorRequired: z.literal(true) });
