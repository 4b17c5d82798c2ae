/** ECMA-419 HTTP client over the board's radio, which speaks TCP and TLS for it. */

import type {
	HTTPClient,
	HTTPClientOptions,
	HTTPRequest,
	HTTPRequestOptions,
} from "../../../src/host.js";
import {
	type BoardOptions,
	bufferFrom,
	type Link,
	linkOf,
	numberFrom,
	type Receiver,
	textFrom,
	type Value,
} from "./link.js";

/** The board tells requests apart by number; messages name the one they are for. */
export class BoardHTTPClient implements HTTPClient {
	private readonly link: Link;
	private readonly options: HTTPClientOptions;
	private requests: BoardHTTPRequest[] = [];

	constructor(options: HTTPClientOptions & BoardOptions) {
		this.link = linkOf(options);
		this.options = options;
	}

	request(options: HTTPRequestOptions): HTTPRequest {
		const request = new BoardHTTPRequest(this.link, this.options, options);
		this.requests.push(request);
		return request;
	}

	close(): void {
		for (const request of this.requests) request.close();
		this.requests = [];
	}
}

/** Without a CA to trust there is nobody to speak to: it never falls back to plain HTTP. */
export class BoardHTTPSClient extends BoardHTTPClient {
	constructor(options: HTTPClientOptions & BoardOptions) {
		if (options.tls === undefined) throw new TypeError("https needs tls");
		super(options);
	}
}

/** What a request calls; the rest of its options, fields before all, it need not keep. */
type Callbacks = Pick<HTTPRequestOptions, "onDone" | "onHeaders" | "onReadable" | "onWritable">;

class BoardHTTPRequest implements HTTPRequest, Receiver {
	private readonly link: Link;
	private readonly callbacks: Callbacks;
	private readonly id: Value;
	private readonly name: string;

	constructor(link: Link, client: HTTPClientOptions, options: HTTPRequestOptions) {
		this.link = link;
		const { onDone, onHeaders, onReadable, onWritable } = options;
		this.callbacks = { onDone, onHeaders, onReadable, onWritable };
		const headers: string[] = [];
		for (const [name, value] of options.headers.entries()) headers.push(name, value);
		this.id = link.call(
			"http.request",
			client.host,
			client.port,
			client.tls?.host,
			client.tls?.ca,
			options.method,
			options.path,
			options.headersMask.join(","),
			...headers,
		);
		this.name = "http." + String(this.id);
		link.mailbox.open(this.name, this);
	}

	read(byteLength: number): ArrayBuffer | undefined {
		return bufferFrom(this.link.call("http.read", this.id, byteLength));
	}

	write(bytes: Uint8Array): void {
		this.link.call("http.write", this.id, bytes);
	}

	close(): void {
		this.link.mailbox.close(this.name);
		this.link.call("http.close", this.id);
	}

	private onReadable(byteLength: number): void {
		if (byteLength > 0) this.callbacks.onReadable.call(this, byteLength);
	}

	receive(event: Value, first: Value, second: Value): void {
		const { callbacks } = this;
		switch (event) {
			case "writable":
				return callbacks.onWritable.call(this, numberFrom(first));
			case "headers":
				return callbacks.onHeaders.call(this, numberFrom(first), headersOf(textFrom(second) ?? ""));
			case "readable": // What came may have been read since.
				return this.onReadable(numberFrom(this.link.call("http.waiting", this.id)));
			case "done":
				this.link.mailbox.close(this.name);
				return callbacks.onDone.call(this, null);
			default:
				this.link.mailbox.close(this.name);
				return callbacks.onDone.call(this, new Error());
		}
	}
}

function headersOf(head: string): Map<string, string> {
	const headers = new Map<string, string>();
	for (const line of head.split("\r\n")) {
		const colon = line.indexOf(": ");
		if (colon > 0) headers.set(line.slice(0, colon), line.slice(colon + 2));
	}
	return headers;
}
