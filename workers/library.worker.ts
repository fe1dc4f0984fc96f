// The worker that keeps runs. It is not the one that keeps data sets: an import must not hold up a list, nor take it along
// when it dies.

import type { Port } from "../src/base/rpc/port.ts";
import { serve } from "../src/base/rpc/serve.ts";
import { browserLibrary } from "../src/library/browserLibrary.ts";
import type { LibraryEvent, LibraryRequests } from "../src/library/requests.ts";

// TypeScript sees `self` as a window.
serve<LibraryRequests, LibraryEvent>(self as unknown as Port, ({ emit }) => browserLibrary(emit));
