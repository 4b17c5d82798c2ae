/**
 * Live events: what has changed on pages that are open, as server-sent events.
 *
 * Nothing reads for a page: one reader reads each topic that somebody looks at, at most once a
 * second, and sends what is different to all who do. It reads the database, so that it doesn't
 * matter which process has changed it. The longer reading takes the less often it is done: whatever
 * is open, it takes a small part of a processor.
 */

import type { Caller } from "../people/caller.js";

/** What one topic shows: HTML of its pieces by their names, in their order. */
export type Pieces = ReadonlyMap<string, string>;

export interface Topic {
	/** The same for all who see the same. */
	readonly key: string;
	/** What pages call it. */
	readonly name: string;
	/** Fails when whoever looks may not any more. */
	read(): Promise<Pieces>;
}

export interface Watcher {
	readonly caller: Caller;
	/** Whether he still may. */
	isCurrent(): Promise<boolean>;
}

interface Stream extends Watcher {
	readonly send: (bytes: Uint8Array) => void;
	readonly end: () => void;
}

interface Watched {
	topic: Topic;
	pieces: Pieces | undefined;
	/** Those who haven't got all of it yet are in `fresh`, too. */
	readonly streams: Set<Stream>;
	readonly fresh: Set<Stream>;
}

export interface LiveTimes {
	/** There is at most one event in so long. */
	readonly periodMilliseconds: number;
	/** How often it is looked whether those who look still may. */
	readonly checkMilliseconds: number;
}

const timesDefault: LiveTimes = Object.freeze({
	...{ periodMilliseconds: 1_000, checkMilliseconds: 10_000 },
});
/** Reading takes at most a twentieth of a processor. */
const restFactor = 19;
/** Proxies close what is silent for a minute. */
const silenceMilliseconds = 25_000;
/** The API and pages have the other half of the listener's connections. */
const streamsMaximum = 250;
/** What waits for a reader that is slow, or gone. */
const waitingBytesMaximum = 2 ** 20;

const encoder = new TextEncoder();

export class Live {
	readonly #watched = new Map<string, Watched>();
	readonly #streams = new Set<Stream>();
	#timer: NodeJS.Timeout | undefined;
	#checkedAt = 0;
	#spokenAt = 0;
	readonly #times: LiveTimes;
	readonly #onFault: (error: unknown) => void;

	/** `onFault` hears of a fault of ours. All streams have ended then: browsers connect again. */
	constructor(
		times: LiveTimes = timesDefault,
		onFault: (error: unknown) => void = () => undefined,
	) {
		this.#times = times;
		this.#onFault = onFault;
	}

	/** The events of these topics; `undefined` when too many look already. */
	open(topics: readonly Topic[], watcher: Watcher): ReadableStream<Uint8Array> | undefined {
		if (this.#streams.size >= streamsMaximum) return undefined;
		let close = (): void => undefined;
		return new ReadableStream<Uint8Array>(
			{
				start: (controller) => {
					const stream: Stream = {
						...watcher,
						send: (bytes) => {
							controller.enqueue(bytes);
							if ((controller.desiredSize ?? 0) < -waitingBytesMaximum) stream.end();
						},
						end: () => {
							if (this.#drop(stream)) controller.close();
						},
					};
					close = () => void this.#drop(stream);
					this.#join(stream, topics);
					stream.send(encoder.encode("retry: 5000\n\n"));
				},
				cancel: () => close(),
			},
			new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
		);
	}

	/** Ends all streams. */
	close(): void {
		for (const stream of [...this.#streams]) stream.end();
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}

	#join(stream: Stream, topics: readonly Topic[]): void {
		this.#streams.add(stream);
		for (const topic of topics) {
			let watched = this.#watched.get(topic.key);
			if (watched === undefined) {
				watched = { topic, pieces: undefined, streams: new Set(), fresh: new Set() };
				this.#watched.set(topic.key, watched);
			}
			watched.streams.add(stream);
			watched.fresh.add(stream);
		}
		if (this.#timer === undefined) this.#wait(0);
	}

	#drop(stream: Stream): boolean {
		for (const [key, { streams, fresh }] of this.#watched) {
			streams.delete(stream);
			fresh.delete(stream);
			if (streams.size === 0) this.#watched.delete(key);
		}
		return this.#streams.delete(stream);
	}

	#wait(milliseconds: number): void {
		this.#timer = setTimeout(() => {
			this.#tick().catch((error: unknown) => {
				this.close();
				this.#onFault(error);
			});
		}, milliseconds);
	}

	async #tick(): Promise<void> {
		const begin = performance.now();
		await this.#check(begin);
		for (const watched of [...this.#watched.values()]) await this.#read(watched);
		if (begin - this.#spokenAt > silenceMilliseconds) this.#say(begin);
		const spent = performance.now() - begin;
		this.#timer = undefined;
		if (this.#streams.size > 0)
			this.#wait(Math.max(this.#times.periodMilliseconds, spent * restFactor));
	}

	/** Who has logged out, or whose session has ended, sees nothing any more. */
	async #check(now: number): Promise<void> {
		if (now - this.#checkedAt < this.#times.checkMilliseconds) return;
		this.#checkedAt = now;
		for (const stream of [...this.#streams]) {
			// A database that is away for a moment says nothing of the session.
			if (!(await stream.isCurrent().catch(() => true))) stream.end();
		}
	}

	#say(now: number): void {
		this.#spokenAt = now;
		const silence = encoder.encode(": still there\n\n");
		for (const stream of [...this.#streams]) stream.send(silence);
	}

	async #read(watched: Watched): Promise<void> {
		const before = watched.pieces;
		const { topic, streams, fresh } = watched;
		const after = await topic.read().catch((error: unknown) => failureOf(error));
		if (after === "away") return;
		if (after === "gone") {
			for (const stream of [...streams]) stream.end();
			return;
		}
		watched.pieces = after;
		const whole = fresh.size === 0 ? undefined : eventOf(topic.name, after, undefined);
		const part = before && eventOf(topic.name, after, before);
		for (const stream of [...streams]) {
			const event = fresh.has(stream) ? whole : part;
			if (event !== undefined) stream.send(event);
		}
		fresh.clear();
	}
}

/** `gone`: it is not for who looked at it any more, or not there. */
function failureOf(error: unknown): "gone" | "away" {
	return error instanceof Error && "rule" in error ? "gone" : "away";
}

/** What is different from before: pieces, and the names of all if others are there now. */
function eventOf(topic: string, after: Pieces, before: Pieces | undefined): Uint8Array | undefined {
	const pieces = [...after].filter(([key, text]) => before?.get(key) !== text);
	const keys = [...after.keys()];
	const isSame = before !== undefined && [...before.keys()].join() === keys.join();
	if (pieces.length === 0 && isSame) return undefined;
	const data = JSON.stringify({ topic, pieces, ...(!isSame && { keys }) });
	return encoder.encode(`data: ${data}\n\n`);
}
