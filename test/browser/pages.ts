// Pages of a test go with it: one that trains on would take the machine from those that follow.

import { afterEach } from "vitest";
import { closeOpened } from "./studioPage.ts";

afterEach(closeOpened);
