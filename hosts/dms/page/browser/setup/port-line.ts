/** An open port as the line that a console speaks on; the port stays open after it. */

import type { Line } from "../../../console/line.js";

export function lineOf(port: SerialPort): Line {
	const { readable, writable } = port;
	if (readable === null || writable === null) throw new Error("the port isn't open");
	const reader = readable.getReader();
	const writer = writable.getWriter();
	let reading = Promise.resolve();
	const ignore = (): void => undefined;
	return {
		write(text) {
			writer.write(new TextEncoder().encode(text)).catch(ignore); // Who listens hears of it.
		},
		listen(onBytes, onLost) {
			reading = (async () => {
				for (;;) {
					const { value, done } = await reader.read();
					if (done) return;
					onBytes(value);
				}
			})().catch(onLost);
		},
		async close() {
			await writer.ready.catch(ignore);
			writer.releaseLock();
			await reader.cancel().catch(ignore);
			await reading;
			reader.releaseLock();
		},
	};
}
