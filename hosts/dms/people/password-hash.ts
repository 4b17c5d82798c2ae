/** Slow hashes of passwords, by scrypt, written as PHC strings with their parameters. */

import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { OperatorError } from "../operator-error.js";

export interface ScryptCost {
	/** The binary logarithm of scrypt's N. */
	readonly ln: number;
	readonly r: number;
	readonly p: number;
}

/**
 * One of the sets that OWASP's Password Storage Cheat Sheet gives as equally strong: this one takes
 * 32 MiB a hash, and some 0.2 seconds. A larger one hashes anew who logs in next.
 */
const costDefault: ScryptCost = Object.freeze({ ln: 15, r: 8, p: 3 });
const saltLength = 16;
const hashLength = 32;

/** Each hash under way takes its memory, and a core. */
const turnsMaximum = 2;
const waitingMaximum = 100;

export interface PasswordHashes {
	/** A new hash of a password that was checked. */
	make(password: string): Promise<string>;
	/** Takes the same time where there is no hash, and says `false`. */
	isRight(password: string, hash: string | undefined): Promise<boolean>;
	/** Whether it was made with less than what is used today. */
	isOutdated(hash: string): boolean;
}

export function createPasswordHashes(cost = costDefault): PasswordHashes {
	const inTurn = createTurns();
	const make = (password: string): Promise<string> =>
		inTurn(async () => {
			const salt = randomBytes(saltLength);
			return textOf(cost, salt, await hashOf(password, salt, cost, hashLength));
		});
	return {
		make,
		isRight: (password, text) =>
			inTurn(async () => {
				const kept = text === undefined ? undefined : parse(text);
				const { salt, hash, ...used } = kept ?? { ...cost, ...nobodys };
				const made = await hashOf(password, salt, used, hash.length);
				return timingSafeEqual(made, hash) && kept !== undefined;
			}),
		isOutdated: (text) => !text.startsWith(headOf(cost)),
	};
}

interface Parsed extends ScryptCost {
	readonly salt: Uint8Array;
	readonly hash: Uint8Array;
}

const nobodys = Object.freeze({
	salt: new Uint8Array(saltLength),
	hash: new Uint8Array(hashLength),
});

function headOf({ ln, r, p }: ScryptCost): string {
	return `$scrypt$ln=${ln},r=${r},p=${p}$`;
}

function textOf(used: ScryptCost, salt: Uint8Array, hash: Uint8Array): string {
	return headOf(used) + [salt, hash].map(base64Of).join("$");
}

function base64Of(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}

function parse(text: string): Parsed | undefined {
	const pattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{22})\$([\w+/]{43})$/;
	const [, ln, r, p, salt = "", hash = ""] = pattern.exec(text) ?? [];
	if (ln === undefined) return undefined;
	const bytes = [salt, hash].map((part) => Uint8Array.from(Buffer.from(part, "base64")));
	const [saltBytes = new Uint8Array(), hashBytes = new Uint8Array()] = bytes;
	return { ln: Number(ln), r: Number(r), p: Number(p), salt: saltBytes, hash: hashBytes };
}

function hashOf(
	password: string,
	salt: Uint8Array,
	{ ln, r, p }: ScryptCost,
	length: number,
): Promise<Uint8Array> {
	const N = 2 ** ln;
	// What it takes is 128 N r bytes and a little more; Node would stop at 32 MiB.
	const maxmem = 256 * N * r;
	return new Promise((resolve, reject) =>
		scrypt(password, salt, length, { N, r, p, maxmem }, (error, hash) =>
			error === null ? resolve(hash) : reject(error),
		),
	);
}

/** Runs some at a time, and the others in their order; more than can wait are refused. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
	const waiting: (() => void)[] = [];
	let running = 0;
	return async (work) => {
		if (running >= turnsMaximum) {
			if (waiting.length >= waitingMaximum) {
				throw new OperatorError("busy", "Too many log in at this moment. Try again.");
			}
			await new Promise<void>((resolve) => waiting.push(resolve));
		} else running++;
		try {
			return await work();
		} finally {
			const next = waiting.shift();
			if (next === undefined) running--;
			else next();
		}
	};
}
