/** Hosts that break a promise, each in one way: what the contract is there to find. */

import type { PortName } from "./tables.js";
import { dns, http, https, ping, wifi } from "./wrong-network.js";
import { boot, flash, keyValue } from "./wrong-storage.js";
import { clock, crypto, serial, system, timer } from "./wrong-system.js";
import type { Wrongs } from "./wrongs.js";

/** By the port whose table must find them. */
export const wrongHosts: Readonly<Record<PortName, Wrongs>> = Object.freeze({
	serial,
	wifi,
	http,
	https,
	dns,
	ping,
	keyValue,
	flash,
	boot,
	timer,
	clock,
	crypto,
	system,
});
