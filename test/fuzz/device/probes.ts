/** All probes, by name. */

import { certificateProbe } from "./certificate.js";
import { consoleProbe } from "./console.js";
import { helloProbe } from "./hello.js";
import { httpProbe } from "./http.js";
import { messagePackProbe } from "./message-pack.js";
import { messagesProbe } from "./messages.js";
import type { Probe } from "./probe.js";
import { recordStoreProbe } from "./record-store.js";
import { tokenProbe } from "./token.js";
import { updateRecordProbe } from "./update-record.js";
import { utf8Probe } from "./utf8.js";

export const probes: Readonly<Record<string, Probe>> = Object.freeze({
	utf8: utf8Probe,
	"message-pack": messagePackProbe,
	messages: messagesProbe,
	token: tokenProbe,
	"record-store": recordStoreProbe,
	"update-record": updateRecordProbe,
	certificate: certificateProbe,
	hello: helloProbe,
	http: httpProbe,
	console: consoleProbe,
});
