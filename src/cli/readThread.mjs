// A thread does not inherit tsx from its process: it loads it itself, then the thread's code.

import { register } from "tsx/esm/api";

register();
await import("./readThread.ts");
