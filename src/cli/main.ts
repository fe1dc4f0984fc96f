#!/usr/bin/env node
// What Node starts: the arguments become a command, whose result becomes the exit code.

import { runCommandLine } from "./commandLine.ts";

process.exitCode = await runCommandLine(process.argv.slice(2));
