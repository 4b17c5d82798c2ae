/**
 * The device program's start on the virtual board: makes the host of the board's parts, and runs.
 */

import type { App } from "../../../src/device.js";
import { run } from "../../../src/run.js";
import { boardHost } from "./host.js";
import { type Call, Mailbox, type Receive } from "./link.js";

/** Starts `app` on the board behind `call`; what it returns takes the board's messages. */
export function start(call: Call, app: App): Receive {
	if (typeof app !== "object" || app === null) {
		throw new TypeError("the app's default export is no object; see example/lamp/lamp.ts");
	}
	const mailbox = new Mailbox();
	run(boardHost({ call, mailbox }), app);
	return (name, first, second, third) => mailbox.deliver(name, first, second, third);
}
