/**
 * How often somebody may try to log in. Waits grow with each failure, of an account from one
 * address, of an address, and of an account from anywhere; what is refused meanwhile isn't tried.
 *
 * Nobody is locked out: waits have an end, an address from which somebody is logged in isn't slowed
 * down by what others try on the account, and an invitation goes past all of it. Names of nobody
 * count as users do. It is in the database, so it is the same for all processes of the service.
 */

import { isIPv6 } from "node:net";
import type { Core } from "../core.js";
import { digestOf } from "../digest.js";
import { OperatorError } from "../operator-error.js";
import {
	deleteLogInAttempt,
	findLogInAttempts,
	pruneLogInAttempts,
	putLogInAttempt,
} from "../storage/log-in-attempts.js";
import type { LogInAttemptRow } from "../storage/schema-log-in.js";
import type { Database } from "../storage/schema.js";

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

/** Machines that serve one database are apart by less; a clock that was further ahead was wrong. */
const aheadSecondsMaximum = 900;

/** Hexadecimal: so little of a digest tells nothing of what was typed. */
const nobodysLength = 6;

export class LogInWait extends OperatorError {
	readonly seconds: number;

	constructor(seconds: number) {
		const time = seconds === 1 ? "1 second" : seconds + " seconds";
		super("log-in-wait", `There were too many attempts. Wait for ${time}.`);
		this.seconds = seconds;
	}
}

export interface Attempt {
	/** A user's name, or `nobody(...)`. */
	readonly account: string;
	readonly address: string;
	/** Whether somebody is logged in as this user from this address. */
	readonly isKnown: boolean;
}

/** What was typed as a name, and is nobody's, may be a password. */
export function nobody(typed: string): string {
	return "?" + digestOf(typed).slice(0, nobodysLength);
}

export class LogInLimits {
	readonly #core: Pick<Core, "database" | "writer">;

	constructor(core: Pick<Core, "database" | "writer">) {
		this.#core = core;
	}

	/**
	 * Begins an attempt, which counts as a failure until it has succeeded: many at once are as
	 * many. Fails with `LogInWait`. Resolves with what is to be called on success.
	 */
	async begin(attempt: Attempt, time: number): Promise<() => Promise<void>> {
		const wanted = keysOf(attempt);
		const { database, writer } = this.#core;
		// Who has to wait keeps nobody from writing.
		await requireNoWait(database, wanted, time);
		const before = await writer.write(async (transaction) => {
			const rows = await requireNoWait(transaction, wanted, time);
			for (const [key] of wanted) {
				const failures = (rows.get(key)?.failures ?? 0) + 1;
				await putLogInAttempt(transaction, { key, failures, at: time });
			}
			await pruneLogInAttempts(transaction, time - forgottenSeconds);
			return rows;
		});
		return () =>
			writer.write(async (transaction) => {
				for (const [key] of wanted) await undo(transaction, key, before.get(key), time);
			});
	}
}

/** Takes back this attempt alone: a user's own success says nothing of others' failures. */
async function undo(
	database: Database,
	key: string,
	before: LogInAttemptRow | undefined,
	time: number,
): Promise<void> {
	const row = (await find(database, [key], time)).get(key);
	if (row === undefined) return;
	const failures = row.failures - 1;
	if (failures === 0 || key.startsWith("pair ")) return deleteLogInAttempt(database, key);
	// Another one may have begun since.
	const at = row.at === time ? (before?.at ?? time) : row.at;
	await putLogInAttempt(database, { key, failures, at });
}

type Wanted = readonly (readonly [key: string, limit: Limit])[];
type Rows = ReadonlyMap<string, LogInAttemptRow>;

async function requireNoWait(database: Database, wanted: Wanted, time: number): Promise<Rows> {
	const keys = wanted.map(([key]) => key);
	const rows = await find(database, keys, time);
	const wait = Math.max(...wanted.map(([key, limit]) => waitOf(rows.get(key), limit, time)));
	if (wait > 0) throw new LogInWait(wait);
	return rows;
}

async function find(database: Database, keys: readonly string[], time: number): Promise<Rows> {
	const rows = await findLogInAttempts(database, keys, time - forgottenSeconds);
	const credible = rows.filter(({ at }) => at <= time + aheadSecondsMaximum);
	return new Map(credible.map((row) => [row.key, row]));
}

function waitOf(row: LogInAttemptRow | undefined, limit: Limit, time: number): number {
	if (row === undefined || row.failures < limit.free) return 0;
	const seconds = Math.min(2 ** (row.failures - limit.free), limit.waitSecondsMaximum);
	return Math.max(0, row.at + seconds - time);
}

function keysOf({ account, address, isKnown }: Attempt): Wanted {
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
