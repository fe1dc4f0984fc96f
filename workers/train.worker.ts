// The worker that trains: the page's requests reach the trainer, its events go back.

import type { TrainerEvent, TrainerRequests } from "../src/protocol/messages.ts";
import type { Port } from "../src/protocol/port.ts";
import { serve } from "../src/protocol/serve.ts";
import { browserSurroundings } from "../src/train/browser.ts";
import { createTrainer } from "../src/train/trainer.ts";

// TypeScript sees `self` as a window.
serve<TrainerRequests, TrainerEvent>(self as unknown as Port, ({ emit, computing }) =>
  createTrainer(browserSurroundings(computing), emit),
);
