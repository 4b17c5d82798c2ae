/** A USB cable between a page's `navigator.serial` and a device in this process. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const polyfill = fileURLToPath(new URL("browser/serial-polyfill.js", import.meta.url));

/** The two lines with which a cable resets an ESP32, or puts it into its ROM's loader. */
export interface Signals {
	readonly dataTerminalReady?: boolean;
	readonly requestToSend?: boolean;
}

/** What the cable leads to. */
export interface FarEnd {
	input(bytes: Uint8Array): void;
	signals?(signals: Signals): void;
}

export class VirtualCable {
	/** Another program has the port. */
	isBusy = false;
	isOpen = false;
	farEnd: FarEnd | undefined;
	/** Bytes on the way to the page, and whoever brings them. */
	#outgoing: number[] = [];
	#carrying: Promise<void> = Promise.resolve();
	readonly #page: Page;

	private constructor(page: Page) {
		this.#page = page;
	}

	/** Before the page is opened. */
	static async attach(page: Page): Promise<VirtualCable> {
		const cable = new VirtualCable(page);
		await page.exposeFunction("tellCable", (told: unknown) => cable.#hear(told));
		await page.addInitScript({ content: readFileSync(polyfill, "utf8") });
		return cable;
	}

	/** The device says something. */
	readonly say = (bytes: Uint8Array): void => {
		this.#outgoing.push(...bytes);
		if (this.#outgoing.length > bytes.length) return;
		this.#carrying = this.#carrying.then(async () => {
			const all = JSON.stringify(this.#outgoing.splice(0));
			// A page that is being left hears nothing.
			await this.#page.evaluate(`window.cable?.receive(${all})`).catch(() => undefined);
		});
	};

	async unplug(): Promise<void> {
		this.isOpen = false;
		await this.#page.evaluate("cable.unplug()");
	}

	async plug(): Promise<void> {
		await this.#page.evaluate("cable.plug()");
	}

	#hear(told: unknown): string {
		const {
			kind,
			bytes = [],
			signals = {},
		} = told as {
			readonly kind: string;
			readonly bytes?: readonly number[];
			readonly signals?: Signals;
		};
		// Bytes take their time on a line: who has sent them knows that before an answer comes.
		if (kind === "write") setImmediate(() => this.farEnd?.input(Uint8Array.from(bytes)));
		if (kind === "signals") this.farEnd?.signals?.(signals);
		if (kind === "open" && this.isBusy) return "busy";
		if (kind === "open" || kind === "close") this.isOpen = kind === "open";
		return "";
	}
}
