/**
 * Live events: what has changed on pages that are open, as server-sent events.
 *
 * Nothing reads for a page: one reader reads each topic that somebody looks at, at most once a
 * second, and sends what is different to all who do. It reads the database, so that it doesn't
 * matter which process has changed it. The longer reading takes, and the more there is to send, the
 * less often it is done: whatever is open and moves, it takes a small part of a processor. What
 * changes meanwhile is sent in one.
 *
 * A topic that can't be read is logged and read again; the others go on.
 */

import type { Log } from "../log.js";
import { OperatorError } from "../operator-error.js";
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
	/** It has begun, and not ended yet. */
	isReading: boolean;
}

export interface LiveTimes {
	/** There is at most one event in so long. */
	readonly periodMilliseconds: number;
	/** How often it is looked whether those who look still may. */
	readonly checkMilliseconds: number;
	/** What takes longer to be read is left to itself, and the others go on. */
	readonly readMilliseconds?: number;
}

const timesDefault = Object.freeze({
	...{ periodMilliseconds: 1_000, checkMilliseconds: 10_000, readMilliseconds: 10_000 },
}) satisfies LiveTimes;
/** Reading takes at most a twentieth of a processor. */
const restFactor = 19;
/** To all pages together: `bench -- page` says that it takes about a fiftieth. */
const bytesPerSecond = 2 ** 21;
/** What fails all the time is in the log so often. */
const logMilliseconds = 60_000;
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
	/** What fails, and when it last was in the log. */
	readonly #failing = new Map<string, number>();
	/** Since the last tick began. */
	#sentBytes = 0;
	readonly #times: Required<LiveTimes>;
	readonly #log: Log;

	constructor(log: Log, times: LiveTimes = timesDefault) {
		this.#log = log;
		this.#times = { ...timesDefault, ...times };
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
							this.#sentBytes += bytes.length;
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
				const readers = { streams: new Set<Stream>(), fresh: new Set<Stream>() };
				watched = { topic, pieces: undefined, ...readers, isReading: false };
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
			if (streams.size > 0) continue;
			this.#watched.delete(key);
			this.#failing.delete(key);
		}
		return this.#streams.delete(stream);
	}

	#wait(milliseconds: number): void {
		// It doesn't fail.
		this.#timer = setTimeout(() => void this.#tick(), milliseconds);
	}

	/** Never fails, and always comes again while somebody looks. */
	async #tick(): Promise<void> {
		const begin = performance.now();
		this.#sentBytes = 0;
		try {
			await this.#check(begin);
			for (const watched of [...this.#watched.values()]) await this.#read(watched);
			if (begin - this.#spokenAt > silenceMilliseconds) this.#say(begin);
		} catch (error) {
			this.#fail("live events", error);
		}
		const rest = Math.max(
			...[this.#times.periodMilliseconds, (performance.now() - begin) * restFactor],
			(this.#sentBytes * 1_000) / bytesPerSecond,
		);
		this.#timer = undefined;
		if (this.#streams.size > 0) this.#wait(rest);
	}

	/** Who has logged out, or whose session has ended, sees nothing any more. */
	async #check(now: number): Promise<void> {
		if (now - this.#checkedAt < this.#times.checkMilliseconds) return;
		this.#checkedAt = now;
		for (const stream of [...this.#streams]) {
			const looking = (async () => stream.isCurrent())();
			const isCurrent = await looking.catch((error: unknown) => {
				// A database that is away for a moment says nothing of the session.
				this.#fail("sessions", error);
				return true;
			});
			if (!isCurrent) stream.end();
		}
	}

	#say(now: number): void {
		this.#spokenAt = now;
		const silence = encoder.encode(": still there\n\n");
		for (const stream of [...this.#streams]) stream.send(silence);
	}

	async #read(watched: Watched): Promise<void> {
		if (watched.isReading) return;
		const { topic, streams } = watched;
		watched.isReading = true;
		const reading = (async () => topic.read())().finally(() => (watched.isReading = false));
		try {
			const after = await within(this.#times.readMilliseconds, reading);
			this.#failing.delete(topic.key);
			this.#show(watched, after);
		} catch (error) {
			if (error instanceof OperatorError) {
				// It is not for who looked at it any more, or not there.
				for (const stream of [...streams]) stream.end();
				return;
			}
			this.#fail(topic.key, error);
		}
	}

	#fail(what: string, error: unknown): void {
		const now = performance.now();
		const loggedAt = this.#failing.get(what);
		if (loggedAt !== undefined && now - loggedAt < logMilliseconds) return;
		this.#failing.set(what, now);
		this.#log({ kind: "fault", during: "live events", error });
	}

	#show(watched: Watched, after: Pieces): void {
		const { topic, streams, fresh, pieces: before } = watched;
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

/** Fails when it takes longer; what comes of it then, nobody wants to know. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		const error = new Error(`It takes longer than ${milliseconds} milliseconds.`);
		timer = setTimeout(() => reject(error), milliseconds);
	});
	work.catch(() => undefined);
	return Promise.race([work, late]).finally(() => clearTimeout(timer));
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
