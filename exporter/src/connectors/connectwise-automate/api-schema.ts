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
  IsMaintenanceModeEnabled: flag,
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

/** A script of the catalogue. */
export const Script = z.object({ Id: id, Name: text, IsComputerScript: flag });
export type Script = z.infer<typeof Script>;

/** A run of a script: one that goes on has a start, one of the history a date. */
export const ScriptRun = z.object({
  ScriptId: id,
  State: text,
  HistoryDate: text,
  StartDate: text,
  DiagnosticMessage: text,
});
export type ScriptRun = z.infer<typeof ScriptRun>;

export const Command = z.object({ Id: id, Name: text });
export type Command = z.infer<typeof Command>;
export const CommandRow = z.object({ Id: id, Status: text });
export type CommandRow = z.infer<typeof CommandRow>;

export const BatchReply = z.object({
  ScriptResults: z
    .array(z.object({ EntityId: id, ResultDetails: z.object({ Message: text }).nullish().catch(null) }))
    .nullish(),
  ContainsUnsuccessfulResults: z.boolean(),
});

export const MaintenanceMode = z.object({ ComputerID: id, TimeStart: text, Duration: count });
export type MaintenanceMode = z.infer<typeof MaintenanceMode>;

export const TokenReply = z.object({ AccessToken: z.string().min(1) });
export const TwoFactorReply = z.object({ IsTwoFactorRequired: z.literal(true) });
