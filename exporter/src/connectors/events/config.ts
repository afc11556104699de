import { z } from 'zod';

/** The events API needs no options: who may post, and for which organization, is a property of the token. */
export const EventsOptions = z.strictObject({});
