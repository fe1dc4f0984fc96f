// The worker that trains: the page's requests reach the trainer, its events go back.

import type { Port } from "../src/base/rpc/port.ts";
import { serve } from "../src/base/rpc/serve.ts";
import { browserPlatform } from "../src/train/browser.ts";
import type { TrainerEvent, TrainerRequests } from "../src/train/requests.ts";
import { createTrainer } from "../src/train/trainer.ts";

// TypeScript sees `self` as a window.
serve<TrainerRequests, TrainerEvent>(self as unknown as Port, (outlet) =>
  createTrainer(browserPlatform(outlet), outlet.emit),
);
