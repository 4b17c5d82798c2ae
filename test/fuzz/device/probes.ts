/** All probes, by name. */

import { messagePackProbe } from "./message-pack.js";
import { messagesProbe } from "./messages.js";
import type { Probe } from "./probe.js";
import { recordStoreProbe } from "./record-store.js";
import { tokenProbe } from "./token.js";
import { utf8Probe } from "./utf8.js";

export const probes: Readonly<Record<string, Probe>> = Object.freeze({
	utf8: utf8Probe,
	"message-pack": messagePackProbe,
	messages: messagesProbe,
	token: tokenProbe,
	"record-store": recordStoreProbe,
});
