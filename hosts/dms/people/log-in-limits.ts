/**
 * How often somebody may try to log in. Waits grow with each failure, of an account from one
 * address, of an address, and of an account from anywhere; what is refused meanwhile isn't tried.
 *
 * Nobody is locked out: waits have an end, an address from which somebody is logged in isn't slowed
 * down by what others try on the account, and an invitation goes past all of it. Names of nobody
 * count as users do. It is in the memory of one process, so each machine counts for itself.
 */

import { isIPv6 } from "node:net";
import { OperatorError } from "../operator-error.js";

/** So many failures cost nothing; each one beyond doubles the wait. */
interface Limit {
	readonly free: number;
	readonly waitSecondsMaximum: number;
}

const limits = Object.freeze({
	/** A person who tries the passwords that he may have used. */
	pair: { free: 5, waitSecondsMaximum: 900 },
	/** An office behind one address. */
	address: { free: 20, waitSecondsMaximum: 900 },
	/** All addresses of the world together still have 2,880 guesses a day. */
	account: { free: 50, waitSecondsMaximum: 30 },
}) satisfies { readonly [kind: string]: Limit };

const forgottenSeconds = 86_400;
const entriesMaximum = 10_000;

interface Entry {
	readonly failures: number;
	/** When the last attempt began. */
	readonly at: number;
}

export class LogInWait extends OperatorError {
	readonly seconds: number;

	constructor(seconds: number) {
		super("log-in-wait", `There were too many attempts. Wait for ${seconds} seconds.`);
		this.seconds = seconds;
	}
}

export interface Attempt {
	readonly account: string;
	readonly address: string;
	/** Whether somebody is logged in as this user from this address. */
	readonly isKnown: boolean;
}

export class LogInLimits {
	readonly #entries = new Map<string, Entry>();

	/**
	 * Begins an attempt, which counts as a failure until it has succeeded: many at once are as
	 * many. Fails with `LogInWait`. Returns what is to be called on success.
	 */
	begin(attempt: Attempt, time: number): () => void {
		const wanted = keysOf(attempt);
		const waits = wanted.map(([key, limit]) => this.#waitOf(key, limit, time));
		const wait = Math.max(...waits);
		if (wait > 0) throw new LogInWait(wait);
		const before = wanted.map(([key]) => [key, this.#find(key, time)] as const);
		for (const [key, entry] of before) {
			this.#set(key, { failures: (entry?.failures ?? 0) + 1, at: time });
		}
		return () => {
			for (const [key, entry] of before) this.#undo(key, entry);
		};
	}

	/** Takes back this attempt alone: a user's own success says nothing of others' failures. */
	#undo(key: string, before: Entry | undefined): void {
		const failures = (this.#entries.get(key)?.failures ?? 1) - 1;
		if (failures === 0 || key.startsWith("pair ")) this.#entries.delete(key);
		else this.#set(key, { failures, at: before?.at ?? 0 });
	}

	#waitOf(key: string, limit: Limit, time: number): number {
		const entry = this.#find(key, time);
		if (entry === undefined || entry.failures < limit.free) return 0;
		const seconds = Math.min(2 ** (entry.failures - limit.free), limit.waitSecondsMaximum);
		return Math.max(0, entry.at + seconds - time);
	}

	#find(key: string, time: number): Entry | undefined {
		const entry = this.#entries.get(key);
		return entry !== undefined && time - entry.at < forgottenSeconds ? entry : undefined;
	}

	#set(key: string, entry: Entry): void {
		this.#entries.delete(key);
		this.#entries.set(key, entry);
		const [oldest] = this.#entries.keys();
		if (this.#entries.size > entriesMaximum && oldest !== undefined) this.#entries.delete(oldest);
	}
}

function keysOf({ account, address, isKnown }: Attempt): readonly (readonly [string, Limit])[] {
	const network = networkOf(address);
	const pair = ["pair " + network + " " + account, limits.pair] as const;
	const own = [pair, ["address " + network, limits.address]] as const;
	return isKnown ? own : [...own, ["account " + account, limits.account]];
}

/** Of IPv6 a household has 2^64 addresses. */
function networkOf(address: string): string {
	const text = address.replace(/^::ffff:(?=\d+\.)/i, "");
	if (!isIPv6(text)) return text;
	const [head = "", tail = ""] = text.split("::");
	const left = head.split(":").filter((group) => group !== "");
	const right = tail.split(":").filter((group) => group !== "");
	const gap = text.includes("::") ? Math.max(0, 8 - left.length - right.length) : 0;
	return [...left, ...Array.from({ length: gap }, () => "0"), ...right].slice(0, 4).join(":");
}
