/** What a fixed IPv4 address must be. */

import { ipv4Of } from "../encoding/ipv4.js";
import type { Addresses } from "../host.js";

/** Stands for none. */
export const noAddress = "0.0.0.0";

/** Whether an address is a mask: ones, and behind them zeros. */
function isNetmask(value: number): boolean {
	const rest = ~value >>> 0;
	return value !== 0 && (rest & (rest + 1)) === 0;
}

/** Whether a device can have these: its own address and the gateway's in one network. */
export function areUsable({ address, netmask, gateway }: Addresses): boolean {
	const own = ipv4Of(address) ?? 0;
	const mask = ipv4Of(netmask) ?? 0;
	const host = own & ~mask;
	const isHost = own !== 0 && isNetmask(mask) && host !== 0 && host !== ~mask;
	const via = ipv4Of(gateway) ?? 0;
	return isHost && (via === 0 || (via & mask) === (own & mask));
}
