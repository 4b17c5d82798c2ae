/**
 * The device program's start on the virtual board: makes the host of the board's parts, and runs.
 */

import type { App } from "../../../src/device.js";
import { run } from "../../../src/run.js";
import { BoardBoot } from "./boot.js";
import { BoardClock } from "./clock.js";
import { BoardCrypto } from "./crypto.js";
import { BoardFlashStorage } from "./flash.js";
import { BoardHTTPClient } from "./http.js";
import { BoardKeyValueStorage } from "./key-value.js";
import { type Call, type Link, Mailbox, type Receive } from "./link.js";
import { BoardSerial } from "./serial.js";
import { BoardSystem } from "./system.js";
import { BoardTimer } from "./timer.js";
import { BoardWiFi } from "./wifi.js";

/** Starts `app` on the board behind `call`; what it returns takes the board's messages. */
export function start(call: Call, app: App): Receive {
	const mailbox = new Mailbox();
	const link: Link = { call, mailbox };
	const http = { io: BoardHTTPClient, link };
	run(
		{
			serial: { io: BoardSerial, link },
			network: { wifi: { io: BoardWiFi, link }, http, https: http },
			keyValue: new BoardKeyValueStorage(link),
			flash: new BoardFlashStorage(call),
			boot: new BoardBoot(call),
			timer: new BoardTimer(link),
			clock: new BoardClock(call),
			crypto: new BoardCrypto(call),
			system: new BoardSystem(call),
		},
		app,
	);
	return (name, first, second, third) => mailbox.deliver(name, first, second, third);
}
