/** IPv4 addresses as text, four numbers with dots between, and what a fixed one must be. */

import type { Addresses } from "../host.js";

/** Stands for none. */
export const noAddress = "0.0.0.0";

/** The 32 bits of an address; `undefined` when it isn't one. */
export function ipv4Of(text: string): number | undefined {
	const parts = text.split(".");
	if (parts.length !== 4) return undefined;
	let value = 0;
	for (const part of parts) {
		const number = Number(part);
		if (String(number) !== part || number < 0 || number > 0xff) return undefined;
		value = value * 0x100 + number;
	}
	return Number.isInteger(value) ? value : undefined;
}

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
