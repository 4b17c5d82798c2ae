/** Hosts that break one promise each: what they do, and what makes one of a host that keeps all. */

import type { Host } from "../../src/host.js";

export type Wrongs = Readonly<Record<string, (host: Host) => Host>>;
