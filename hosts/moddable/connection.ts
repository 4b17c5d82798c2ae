/** The sockets of one HTTP exchange: they fail and never throw, and bring no more than they may. */

import TCP from "embedded:io/socket/tcp";
import Timer from "timer";
import { guard } from "./guard.js";
import { lookUp } from "./lookup.js";

/**
 * What may come in before the reply's header is whole: a TLS handshake with two certificates of
 * 2 KB, an alert, and our own service's header of 200 bytes. The SDK's own parts have no limit.
 */
const headMaximumBytes = 8 * 1024;

/** What the SDK's clients hand down to the socket, with their own callbacks in it. */
interface SocketOptions {
	readonly connection: Connection;
	readonly address: string;
	readonly port: number;
	readonly onReadable: (byteLength: number) => void;
	readonly onWritable: (byteLength: number) => void;
	readonly onError: () => void;
}

/** Longer than this a connection that is needed is never still. */
const stillMaximumMilliseconds = 20_000;

/** What the parts of one exchange have in common. */
export class Connection {
	readonly isSecure: boolean;
	isClosed = false;
	/** Whether the reply's header has come; from then on the program counts for itself. */
	isHeadComplete = false;
	headBytes = 0;
	/** Tells the SDK's client that the connection has failed. */
	fail: () => void = () => undefined;
	#still: Timer | undefined;

	constructor(isSecure: boolean) {
		this.isSecure = isSecure;
		this.stir();
	}

	/** Something has happened on it. The SDK's client waits for ever for what never comes. */
	stir(): void {
		if (this.#still !== undefined) Timer.clear(this.#still);
		this.#still = Timer.set(() => this.fail(), stillMaximumMilliseconds);
	}

	close(): void {
		this.isClosed = true;
		if (this.#still !== undefined) Timer.clear(this.#still);
		this.#still = undefined;
	}
}

/** The open connections of a device; the chip has memory for one TLS session. */
export class Connections {
	#open: Connection[] = [];

	get all(): readonly Connection[] {
		this.#open = this.#open.filter(({ isClosed }) => !isClosed);
		return this.#open;
	}

	/** Throws when it is to be a second TLS session. */
	open(isSecure: boolean): Connection {
		if (isSecure && this.all.some((other) => other.isSecure)) {
			throw new Error("one TLS session at a time");
		}
		const connection = new Connection(isSecure);
		this.#open.push(connection);
		return connection;
	}
}

/** The SDK's TCP socket. */
export class GuardedTCP extends TCP {
	constructor(options: SocketOptions) {
		const { connection } = options;
		const fail = (): void => guard(options.onError, () => undefined);
		connection.fail = fail;
		super({
			...options,
			onReadable: (byteLength: number) => {
				connection.stir();
				if (!connection.isHeadComplete) connection.headBytes += byteLength;
				if (connection.headBytes > headMaximumBytes) fail();
				else guard(() => options.onReadable(byteLength), fail);
			},
			onWritable: (byteLength: number) => {
				connection.stir();
				guard(() => options.onWritable(byteLength), fail);
			},
			onError: fail,
		});
	}
}

interface Question {
	readonly host: string;
	readonly onResolved: (host: string, address: string) => void;
	readonly onError: () => void;
}

/** ECMA-419 DNS resolver that asks the machine's own. */
export class Resolver {
	readonly #connection: Connection;

	constructor(options: { readonly connection: Connection }) {
		this.#connection = options.connection;
	}

	resolve({ host, onResolved, onError }: Question): void {
		lookUp(host, (address) => {
			if (this.#connection.isClosed) return;
			if (address === undefined) guard(onError, () => undefined);
			else guard(() => onResolved(host, address), onError);
		});
	}
}
