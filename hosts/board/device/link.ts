/** The two ways between the device program and the board: a call that waits, and a mailbox. */

export type Value = undefined | null | boolean | number | string | ArrayBuffer | Uint8Array;

/**
 * Asks the board and returns its answer; throws when the board refuses. Bytes come as ArrayBuffer.
 */
export type Call = (operation: string, ...parameters: Value[]) => Value;

/** Takes a message of the board: whom it is for, and its values. */
export type Receive = (name: string, ...values: Value[]) => void;

/** Somebody who gets messages. */
export interface Receiver {
	receive(first: Value, second: Value, third: Value): void;
}

/** Messages by name, and who takes them. */
export class Mailbox {
	private readonly receivers = new Map<string, Receiver>();

	open(name: string, receiver: Receiver): void {
		this.receivers.set(name, receiver);
	}

	close(name: string): void {
		this.receivers.delete(name);
	}

	deliver(name: string, first: Value, second: Value, third: Value): void {
		this.receivers.get(name)?.receive(first, second, third);
	}
}

/** What every peripheral of the board is built from. */
export interface Link {
	readonly call: Call;
	readonly mailbox: Mailbox;
}

/** The board's own part of the options that a resource's constructor gets; see `Resource`. */
export interface BoardOptions {
	readonly link?: Link;
}

export function linkOf(options: BoardOptions): Link {
	if (options.link === undefined) throw new TypeError("construct it from its resource of the host");
	return options.link;
}

export function numberFrom(value: Value): number {
	return typeof value === "number" ? value : 0;
}

export function textFrom(value: Value): string | undefined {
	return typeof value === "string" ? value : undefined;
}

export function bytesFrom(value: Value): Uint8Array {
	return value instanceof ArrayBuffer ? new Uint8Array(value) : new Uint8Array(0);
}

export function bufferFrom(value: Value): ArrayBuffer | undefined {
	return value instanceof ArrayBuffer ? value : undefined;
}
