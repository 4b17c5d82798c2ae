/** One HTTP request with a time-out: it ends with a whole reply, or with the reason why not. */

import type { Host, HTTPClient, HTTPClientOptions, HTTPRequest, TimerId } from "../host.js";
import { DmsError, DmsResult } from "../protocol/result.js";

/**
 * From the first packet to the last byte of the reply, or of each part that goes to a sink. A key
 * operation takes the service no second.
 */
const replyTimeoutMilliseconds = 10_000;
/**
 * What comes slower than 128 bytes a second would take an image of 1.9 MB more than four hours, in
 * which the device does nothing else: it is as good as silence.
 */
const leastBytes = (128 * replyTimeoutMilliseconds) / 1000;

export interface Request {
	readonly host: string;
	readonly port: number;
	/** DER of the only CA to trust; without one the request goes over plain HTTP. */
	readonly authority?: Uint8Array | undefined;
	readonly method: string;
	/** With the query, if there is one. */
	readonly target: string;
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly body?: Uint8Array | undefined;
	readonly replyLengthMaximum: number;
	/** Takes the body of a partial answer (206) as it comes, instead of the reply. */
	readonly sink?: Sink | undefined;
}

/** Where a body goes that is too long for memory. What it throws ends the exchange. */
export interface Sink {
	/** The body begins: so many bytes, from where the field `content-range` says. */
	begin(byteLength: number, range: string): void;
	/** The next bytes of it, at most `pieceLength`. */
	take(bytes: Uint8Array): void;
}

/**
 * A body on its way to a sink comes in pieces of at most so many bytes. A few of them are in memory
 * at a time, and a sector of flash is a multiple of them.
 */
export const pieceLength = 1024;

export interface Reply {
	readonly status: number;
	/** The fields that are asked for: `fieldNames`, as far as the reply has them. */
	readonly fields: ReadonlyMap<string, string>;
	readonly body: Uint8Array;
}

const partialContent = 206;
const fieldNames = Object.freeze([
	"content-length",
	"content-range",
	"date",
	"retry-after",
	"signature",
	"signature-input",
]);

/** Rejects with `Timeout`, `ConnectionFailed`, `BadReply` or what the sink throws. */
export function fetchReply(host: Host, request: Request): Promise<Reply> {
	return new Promise((resolve, reject) => {
		new Exchange(host, request, resolve, reject).start();
	});
}

class Exchange {
	private readonly host: Host;
	private readonly request: Request;
	private readonly resolve: (reply: Reply) => void;
	private readonly reject: (error: unknown) => void;
	private client: HTTPClient | undefined;
	private timer: TimerId;
	private sent = 0;
	private status = 0;
	private fields: ReadonlyMap<string, string> = new Map();
	private length = 0;
	private received = 0;
	/** As long as the reply says; it would be in memory twice if it were joined of parts. */
	private body = new Uint8Array(0);
	private sink: Sink | undefined;

	constructor(
		host: Host,
		request: Request,
		resolve: (reply: Reply) => void,
		reject: (error: unknown) => void,
	) {
		this.host = host;
		this.request = request;
		this.resolve = resolve;
		this.reject = reject;
	}

	start(): void {
		this.startTimer();
		try {
			this.client = this.connect();
			this.send(this.client);
		} catch {
			this.fail(DmsResult.ConnectionFailed);
		}
	}

	private startTimer(): void {
		const before = this.sink === undefined ? -leastBytes : this.received;
		const onTimeout = (): void => {
			const isMoving = this.sink !== undefined && this.received - before >= leastBytes;
			if (isMoving) this.startTimer();
			else this.fail(DmsResult.Timeout);
		};
		this.timer = this.host.timer.set(onTimeout, replyTimeoutMilliseconds);
	}

	private connect(): HTTPClient {
		const { host, port, authority } = this.request;
		const { http, https } = this.host.network;
		const onError = (error: unknown): void => this.fail(resultOf(error));
		const options: HTTPClientOptions = { host, port, onError };
		return authority === undefined
			? new http.io({ ...http, ...options })
			: new https.io({ ...https, ...options, tls: { host, ca: authority } });
	}

	private send(client: HTTPClient): void {
		const { method, target, headers, body } = this.request;
		const fields = new Map(headers);
		if (body !== undefined) fields.set("content-length", String(body.length));
		const request: HTTPRequest = client.request({
			method,
			path: target,
			headers: fields,
			headersMask: fieldNames,
			onHeaders: (status, replyHeaders) => this.onHeaders(status, replyHeaders),
			onReadable: (byteLength) => this.onReadable(request, byteLength),
			onWritable: (byteLength) => this.onWritable(request, byteLength),
			onDone: (error) => this.onDone(error),
		});
	}

	private onWritable(request: HTTPRequest, byteLength: number): void {
		const { body } = this.request;
		if (body === undefined || this.sent >= body.length) return;
		const end = Math.min(this.sent + byteLength, body.length);
		request.write(body.subarray(this.sent, end));
		this.sent = end;
	}

	private onHeaders(status: number, headers: Map<string, string>): void {
		const length = Number(headers.get("content-length") ?? (status === 204 ? 0 : NaN));
		this.status = status;
		this.fields = headers;
		this.length = length;
		const { replyLengthMaximum, sink } = this.request;
		if (!Number.isInteger(length) || length < 0) this.fail(DmsResult.BadReply);
		else if (status === partialContent && sink !== undefined) {
			this.sink = sink;
			this.pour(() => sink.begin(length, headers.get("content-range") ?? ""));
		} else if (length > replyLengthMaximum) this.fail(DmsResult.BadReply);
		else this.body = new Uint8Array(length);
	}

	private onReadable(request: HTTPRequest, byteLength: number): void {
		for (let rest = byteLength; rest > 0 && this.client !== undefined;) {
			const most = this.sink === undefined ? rest : Math.min(rest, pieceLength);
			const bytes = request.read(most);
			if (bytes === undefined) return;
			rest -= bytes.byteLength;
			this.take(new Uint8Array(bytes));
		}
	}

	private take(bytes: Uint8Array): void {
		const sink = this.sink;
		const offset = this.received;
		this.received += bytes.length;
		if (this.received > this.length) this.fail(DmsResult.BadReply);
		else if (sink === undefined) this.body.set(bytes, offset);
		else this.pour(() => sink.take(bytes));
	}

	/** Hands the sink something. */
	private pour(act: () => void): void {
		try {
			act();
		} catch (error) {
			if (this.close()) this.reject(error);
		}
	}

	private onDone(error: unknown): void {
		if (error !== null && error !== undefined) this.fail(resultOf(error));
		else if (this.received !== this.length) this.fail(DmsResult.ConnectionFailed);
		else if (this.close()) {
			this.resolve({ status: this.status, fields: this.fields, body: this.body });
		}
	}

	private fail(result: DmsResult): void {
		if (this.close()) this.reject(new DmsError(result));
	}

	/** Ends the exchange; false when it had ended before. */
	private close(): boolean {
		const { timer } = this.host;
		if (this.timer === undefined) return false;
		timer.clear(this.timer);
		this.timer = undefined;
		this.client?.close();
		this.client = undefined;
		return true;
	}
}

/** What a host says of a connection that failed; most know nothing. */
function resultOf(error: unknown): DmsResult {
	return error instanceof DmsError ? error.result : DmsResult.ConnectionFailed;
}
