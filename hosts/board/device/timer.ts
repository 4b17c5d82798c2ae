/** Moddable's timers over the board's clock. */

import type { Timer, TimerId } from "../../../src/host.js";
import { type Link, numberFrom, type Receiver, type Value } from "./link.js";

export class BoardTimer implements Timer, Receiver {
	readonly #link: Link;
	readonly #callbacks = new Map<number, () => void>();
	#last = 0;

	constructor(link: Link) {
		this.#link = link;
		link.mailbox.open("timer", this);
	}

	receive(value: Value): void {
		const id = numberFrom(value);
		const callback = this.#callbacks.get(id);
		this.#callbacks.delete(id);
		callback?.();
	}

	set(callback: () => void, milliseconds: number): TimerId {
		const id = ++this.#last;
		this.#callbacks.set(id, callback);
		this.#link.call("timer.set", id, milliseconds);
		return id;
	}

	clear(id: TimerId): void {
		if (typeof id === "number" && this.#callbacks.delete(id)) this.#link.call("timer.clear", id);
	}
}
