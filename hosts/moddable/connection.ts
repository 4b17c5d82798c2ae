/** The sockets of one HTTP exchange: they fail and never throw, and bring no more than they may. */

import TCP from "embedded:io/socket/tcp";
import Timer from "timer";
import { carriageReturn, lineFeed } from "../../src/encoding/ascii.js";
import { DmsError, DmsResult } from "../../src/protocol/result.js";
import { guard } from "./guard.js";
import { lookUp } from "./lookup.js";

/** The head of a reply: our own service's has 200 bytes. The SDK's client has no limit. */
const headMaximumBytes = 8 * 1024;

/** What the SDK's clients hand down to the socket, with their own callbacks in it. */
export interface SocketOptions {
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
	private headBytes = 0;
	/** The last that was read of the head. */
	private headByte = 0;
	/** Why it has failed, where that is known: the SDK's client doesn't hand it on. */
	reason: DmsError | undefined;
	/** Tells the SDK's client that the connection has failed. */
	fail: (error?: unknown) => void = () => undefined;
	private still: Timer | undefined;

	constructor(isSecure: boolean) {
		this.isSecure = isSecure;
		this.stir();
	}

	/** Something has happened on it. The SDK's client waits for ever for what never comes. */
	stir(): void {
		if (this.still !== undefined) Timer.clear(this.still);
		this.still = Timer.set(() => this.fail(), stillMaximumMilliseconds);
	}

	/**
	 * The SDK's client reads so many bytes, or one of the head. Throws when the head is too long, or
	 * has a line without a carriage return: the client would stop there, and wait for ever.
	 */
	countHead(byteLength: number, byte = 0): void {
		if (this.isHeadComplete) return;
		this.headBytes += byteLength;
		const isBare = byte === lineFeed && this.headByte !== carriageReturn;
		if (isBare || this.headBytes > headMaximumBytes) throw new DmsError(DmsResult.BadReply);
		this.headByte = byte;
	}

	close(): void {
		this.isClosed = true;
		if (this.still !== undefined) Timer.clear(this.still);
		this.still = undefined;
	}
}

/** The open connections of a device; the chip has memory for one TLS session. */
export class Connections {
	private connections: Connection[] = [];

	get all(): readonly Connection[] {
		this.connections = this.connections.filter(({ isClosed }) => !isClosed);
		return this.connections;
	}

	/** Throws when it is to be a second TLS session. */
	open(isSecure: boolean): Connection {
		if (isSecure && this.all.some((other) => other.isSecure)) {
			throw new Error("one TLS session at a time");
		}
		const connection = new Connection(isSecure);
		this.connections.push(connection);
		return connection;
	}
}

/** The SDK's TCP socket. */
export class GuardedTCP extends TCP {
	constructor(options: SocketOptions) {
		const { connection } = options;
		const fail = (error?: unknown): void => {
			if (error instanceof DmsError) connection.reason ??= error;
			guard(options.onError, () => undefined);
		};
		connection.fail = fail;
		super({
			...options,
			onReadable: (byteLength: number) => {
				connection.stir();
				guard(() => options.onReadable(byteLength), fail);
			},
			onWritable: (byteLength: number) => {
				connection.stir();
				guard(() => options.onWritable(byteLength), fail);
			},
			onError: () => fail(),
		});
	}
}

/** A connection without TLS, as the SDK's HTTP client takes one. */
export class PlainSocket {
	private readonly connection: Connection;
	private readonly tcp: GuardedTCP;

	constructor(options: SocketOptions) {
		this.connection = options.connection;
		this.tcp = new GuardedTCP(options);
	}

	/** `number` is byte by byte: the SDK's client reads a reply's head so. */
	set format(format: "number" | "buffer") {
		this.tcp.format = format;
	}

	read(byteLength?: number): number | ArrayBuffer | undefined {
		const bytes = byteLength === undefined ? this.tcp.read() : this.tcp.read(byteLength);
		if (typeof bytes === "number") this.connection.countHead(1, bytes);
		else this.connection.countHead(bytes?.byteLength ?? 0);
		return bytes;
	}

	/** Returns how much more it takes, of which the SDK's types don't know. */
	write(data: ArrayBuffer | Uint8Array): unknown {
		return this.tcp.write(data);
	}

	close(): void {
		this.tcp.close();
	}
}

interface Question {
	readonly host: string;
	readonly onResolved: (host: string, address: string) => void;
	readonly onError: () => void;
}

/** ECMA-419 DNS resolver that asks the machine's own. */
export class Resolver {
	private readonly connection: Connection;

	constructor(options: { readonly connection: Connection }) {
		this.connection = options.connection;
	}

	resolve({ host, onResolved, onError }: Question): void {
		lookUp(host, (address) => {
			if (this.connection.isClosed) return;
			if (address === undefined) guard(onError, () => undefined);
			else guard(() => onResolved(host, address), onError);
		});
	}
}
