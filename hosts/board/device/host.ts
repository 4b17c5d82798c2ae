/** What the board is to the device program: a host, made of the board's parts. */

import type { Host } from "../../../src/host.js";
import { BoardBoot } from "./boot.js";
import { BoardClock } from "./clock.js";
import { BoardCrypto } from "./crypto.js";
import { BoardFlashStorage } from "./flash.js";
import { BoardHTTPClient, BoardHTTPSClient } from "./http.js";
import { BoardPing, BoardResolver } from "./internet.js";
import { BoardKeyValueStorage } from "./key-value.js";
import type { Link } from "./link.js";
import { BoardSerial } from "./serial.js";
import { BoardSystem } from "./system.js";
import { BoardTimer } from "./timer.js";
import { BoardWiFi } from "./wifi.js";

export function boardHost(link: Link): Host {
	const { call } = link;
	return {
		serial: { io: BoardSerial, link },
		network: {
			wifi: { io: BoardWiFi, link },
			http: { io: BoardHTTPClient, link },
			https: { io: BoardHTTPSClient, link },
			dns: { io: BoardResolver, link },
			ping: { io: BoardPing, link },
		},
		keyValue: new BoardKeyValueStorage(link),
		flash: new BoardFlashStorage(call),
		boot: new BoardBoot(call),
		timer: new BoardTimer(link),
		clock: new BoardClock(call),
		crypto: new BoardCrypto(call),
		system: new BoardSystem(call),
	};
}
