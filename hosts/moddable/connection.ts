/** The sockets of one HTTP exchange: they fail and never throw, and bring no more than they may. */

import TCP from "embedded:io/socket/tcp";
import Net from "net";
import { guard } from "./guard.js";

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

/** What the parts of one exchange have in common. */
export class Connection {
	isClosed = false;
	/** Whether the reply's header has come; from then on the program counts for itself. */
	isHeadComplete = false;
	headBytes = 0;
	/** Tells the SDK's client that the connection has failed. */
	fail: () => void = () => undefined;
}

/** The connections of a device: one at a time, for the chip has memory for one TLS session. */
export class Connections {
	#current: Connection | undefined;

	/** The one that is open, if there is one. */
	get current(): Connection | undefined {
		return this.#current?.isClosed === false ? this.#current : undefined;
	}

	/** Throws while another is open. */
	open(): Connection {
		if (this.current !== undefined) throw new Error("one connection at a time");
		this.#current = new Connection();
		return this.#current;
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
				if (!connection.isHeadComplete) connection.headBytes += byteLength;
				if (connection.headBytes > headMaximumBytes) fail();
				else guard(() => options.onReadable(byteLength), fail);
			},
			onWritable: (byteLength: number) => guard(() => options.onWritable(byteLength), fail),
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
		Net.resolve(host === "localhost" ? "127.0.0.1" : host, (_, address) => {
			if (this.#connection.isClosed) return;
			if (address === undefined) guard(onError, () => undefined);
			else guard(() => onResolved(host, address), onError);
		});
	}
}
