/**
 * The way between board and service inside one process, on the clock's time, with faults to order.
 */

import type { Clock } from "../../hosts/board/clock.js";
import type { OutgoingRequest, Transport } from "../../hosts/board/transport.js";

/** One way through the air, in milliseconds. */
const latencyMilliseconds = 20;

/** Answers a request, or `undefined` for silence. */
export type Answerer = (request: Request) => Promise<Response | undefined>;

/**
 * What befalls one exchange: its request never arrives; its reply never does; or the service dies
 * after it has committed and before it replies.
 */
export type ExchangeFault = "request lost" | "reply lost" | "service killed";
export const exchangeFaults = ["request lost", "reply lost", "service killed"] as const;

export class Air {
	/** Exchanges so far, hellos included. */
	exchanges = 0;
	/** How many of the faults have happened. */
	failures = 0;
	/**
	 * All bytes of requests and replies in the clear, in order: what a listener inside TLS would
	 * have.
	 */
	readonly heard: Uint8Array[] = [];
	readonly #clock: Clock;
	readonly #answer: Answerer;
	readonly #faults: ReadonlyMap<number, ExchangeFault>;
	readonly #onKill: () => Promise<void>;

	constructor(
		clock: Clock,
		answer: Answerer,
		faults: ReadonlyMap<number, ExchangeFault> = new Map(),
		onKill: () => Promise<void> = () => Promise.resolve(),
	) {
		this.#clock = clock;
		this.#answer = answer;
		this.#faults = faults;
		this.#onKill = onKill;
	}

	readonly transport: Transport = (request, events) => {
		const fault = this.#faults.get(this.exchanges++);
		if (fault !== undefined) this.failures++;
		const length = Number(new Map(request.headers).get("content-length") ?? 0);
		const body: Uint8Array[] = [];
		let received = 0;
		let isOpen = true;
		const later = (act: () => void): void => {
			this.#clock.after(latencyMilliseconds, () => isOpen && act());
		};
		const exchange = async (): Promise<void> => {
			if (fault === "request lost") return;
			const release = this.#clock.hold();
			const bytes = Buffer.concat(body);
			this.heard.push(Buffer.from(request.method + request.path + String(request.headers)), bytes);
			const response = await this.#answer(requestOf(request, bytes));
			if (response === undefined) return release();
			const reply = new Uint8Array(await response.arrayBuffer());
			this.heard.push(reply);
			if (fault === "service killed") await this.#onKill();
			release();
			if (fault === "service killed") return later(() => events.onError());
			if (fault === "reply lost") return;
			later(() => {
				events.onHeaders(response.status, headersOf(response, reply));
				if (reply.length > 0) events.onData(reply);
				events.onEnd();
			});
		};
		later(() => {
			events.onConnected();
			if (length === 0) void exchange();
		});
		return {
			write(bytes) {
				body.push(bytes);
				received += bytes.length;
				if (received >= length) later(() => void exchange());
			},
			close() {
				isOpen = false;
			},
		};
	};
}

function requestOf(request: OutgoingRequest, body: Uint8Array): Request {
	const scheme = request.tls === undefined ? "http" : "https";
	const url = scheme + "://" + request.host + ":" + request.port + request.path;
	const headers = new Headers(
		request.headers.map(([name, value]): [string, string] => [name, value]),
	);
	const content = body.length === 0 ? {} : { body };
	return new Request(url, { method: request.method, headers, ...content });
}

function headersOf(response: Response, reply: Uint8Array): ReadonlyMap<string, string> {
	const headers = new Map(response.headers);
	if (response.status !== 204) headers.set("content-length", String(reply.length));
	return headers;
}
