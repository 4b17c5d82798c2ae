/**
 * The device program's start on the virtual board: makes the host of the board's parts, and runs.
 */

import type { App } from "../../../src/device.js";
import type { Host } from "../../../src/host.js";
import { run } from "../../../src/run.js";
import { boardCrypto } from "./crypto.js";
import { BoardHTTPClient } from "./http.js";
import { BoardKeyValueStorage } from "./key-value.js";
import { type Call, type Link, Mailbox, numberFrom, type Receive, textFrom } from "./link.js";
import { BoardSerial } from "./serial.js";
import { BoardTimer } from "./timer.js";
import { BoardWiFi } from "./wifi.js";

/** Starts `app` on the board behind `call`; what it returns takes the board's messages. */
export function start(call: Call, app: App): Receive {
	const link: Link = { call, mailbox: new Mailbox() };
	const host: Host = {
		serial: { io: BoardSerial, link },
		network: {
			wifi: { io: BoardWiFi, link },
			http: { io: BoardHTTPClient, link },
			https: { io: BoardHTTPClient, link },
		},
		keyValue: new BoardKeyValueStorage(link),
		timer: new BoardTimer(link),
		clock: {
			now: () => numberFrom(call("clock.now")),
			set: (milliseconds) => void call("clock.set", milliseconds),
			ticks: () => numberFrom(call("clock.ticks")),
		},
		crypto: boardCrypto(link),
		system: {
			platform: textFrom(call("system.get", "platform")) ?? "",
			version: textFrom(call("system.get", "version")) ?? "",
			built: textFrom(call("system.get", "built")) ?? "",
			restart: () => void call("system.restart"),
			fail: (error) => report(call, error),
		},
	};
	run(host, app);
	return (name, ...values) => link.mailbox.deliver(name, ...values);
}

/** When the power has failed there is nobody to tell, and nothing left to do. */
function report(call: Call, error: unknown): void {
	try {
		call("system.fail", String(error));
	} catch {
		// The program is being stopped at this very point.
	}
}
