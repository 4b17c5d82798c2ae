/** What the commands answer to `--version`. */

import { version } from "../../src/version.js";

/** The package's version: of the firmware's four numbers the first three. */
export const packageVersion: string = version.split(".").slice(0, 3).join(".");
