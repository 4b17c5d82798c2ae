/** All contract tables, by the port they are of. */

import { bootRows } from "./boot.js";
import { clockRows } from "./clock.js";
import { cryptoRows } from "./crypto.js";
import { flashRows } from "./flash.js";
import { httpRows } from "./http.js";
import { httpsRows } from "./https.js";
import { dnsRows, pingRows } from "./internet.js";
import { keyValueRows } from "./key-value.js";
import type { Row } from "./row.js";
import { serialRows } from "./serial.js";
import { systemRows } from "./system.js";
import { timerRows } from "./timer.js";
import { wifiRows } from "./wifi.js";

export const tables = Object.freeze({
	serial: serialRows,
	wifi: wifiRows,
	http: httpRows,
	https: httpsRows,
	dns: dnsRows,
	ping: pingRows,
	keyValue: keyValueRows,
	flash: flashRows,
	boot: bootRows,
	timer: timerRows,
	clock: clockRows,
	crypto: cryptoRows,
	system: systemRows,
} satisfies Readonly<Record<string, readonly Row[]>>);

export type PortName = keyof typeof tables;
