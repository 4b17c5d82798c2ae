/** IPv4 addresses as text: four numbers with dots between. */

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
