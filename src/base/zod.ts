// zod, set not to compile its schemas: it tries `new Function` for that, which the page's security policy forbids and
// browsers report. Schemas look at the setting when they are made, so everything imports zod from here.

import { z } from "zod";

z.config({ jitless: true });

export { z };

/** A whole number from 0 on. */
export const count = z.number().int().min(0);
