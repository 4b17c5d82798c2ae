/** The ESP32's host classes over stand-ins of the SDK's: import this before any of them. */

import { register } from "node:module";
import type { System } from "../../src/host.js";

register("./sdk/hooks.js", import.meta.url);
/** XS's own: the bytes of a text. The stand-ins' texts have a character a byte. */
Object.assign(ArrayBuffer, {
	fromString: (text: string) => Uint8Array.from(Buffer.from(text, "latin1")).buffer,
});

/** A system that keeps what goes wrong in callbacks. */
export function systemOf(faults: unknown[]): System {
	return {
		platform: "esp32",
		version: "1.2.3.4",
		built: "2026-01-01T00:00:00Z",
		platformKey: new Uint8Array(0),
		restart: () => undefined,
		sleep: () => undefined,
		fail: (error) => void faults.push(error),
	};
}
