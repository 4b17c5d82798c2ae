/** Moddable's timers over the board's clock. */

import type { Timer, TimerId } from "../../../src/host.js";
import { type Link, numberFrom, type Receiver, type Value } from "./link.js";

/** The board's timers have 32 bits, as the chip's: what is longer goes on from alarm to alarm. */
const millisecondsMaximum = 0x7fffffff;

export class BoardTimer implements Timer, Receiver {
	private readonly link: Link;
	private readonly callbacks = new Map<number, () => void>();
	private last = 0;

	constructor(link: Link) {
		this.link = link;
		link.mailbox.open("timer", this);
	}

	receive(value: Value): void {
		const id = numberFrom(value);
		const callback = this.callbacks.get(id);
		this.callbacks.delete(id);
		callback?.();
	}

	set(callback: () => void, milliseconds: number): TimerId {
		const id = ++this.last;
		const rest = milliseconds - millisecondsMaximum;
		this.callbacks.set(id, rest > 0 ? () => this.goOn(id, callback, rest) : callback);
		this.link.call("timer.set", id, Math.min(milliseconds, millisecondsMaximum));
		return id;
	}

	/** The board's timer has run out, and `rest` milliseconds are left. */
	private goOn(id: number, callback: () => void, rest: number): void {
		const later = rest - millisecondsMaximum;
		this.callbacks.set(id, later > 0 ? () => this.goOn(id, callback, later) : callback);
		this.link.call("timer.set", id, Math.min(rest, millisecondsMaximum));
	}

	clear(id: TimerId): void {
		if (typeof id === "number" && this.callbacks.delete(id)) this.link.call("timer.clear", id);
	}
}
