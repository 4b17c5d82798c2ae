#!/usr/bin/env node
/** The command `opendms`. */

import { guardOutput } from "../command/output.js";
import { processTerminal } from "./cli/process-terminal.js";
import { run } from "./cli/program.js";

guardOutput();
const exitCode = await run(process.argv.slice(2), processTerminal());
if (exitCode !== 0) process.exitCode = exitCode;
