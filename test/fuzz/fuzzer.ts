/** Fuzzing: inputs that are changed at random, from a seed, and what becomes of them. */

/** What is fuzzed. */
export interface Target {
	readonly name: string;
	/** Inputs to begin with: good ones and known bad ones. */
	readonly corpus: readonly Uint8Array[];
	readonly lengthMaximum: number;
	/**
	 * Takes an input, and says in a few words what became of it. An input with an outcome that was
	 * not there before joins the corpus. Throws when a promise is broken.
	 */
	readonly execute: (input: Uint8Array) => string | Promise<string>;
	readonly close?: () => void | Promise<void>;
}

export interface FuzzOptions {
	readonly seed: number;
	readonly executions: number;
	/** Called with each input before it is executed. */
	readonly onInput?: (input: Uint8Array) => void;
}

export interface Report {
	readonly executions: number;
	/** How many different outcomes there were. */
	readonly outcomes: number;
	readonly milliseconds: number;
}

/** An input that breaks a promise, made as short as was easy. */
export class Finding extends Error {
	readonly input: Uint8Array;

	constructor(input: Uint8Array, cause: unknown) {
		super(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
		this.input = input;
	}
}

/** So many executions are spent to shorten an input that breaks a promise. */
const shortenExecutionsMaximum = 2_000;
/** Beyond this the corpus grows no more: what is common need not be there often. */
const corpusLengthMaximum = 2_000;

/** Executes the corpus, then inputs made from it. Rejects with a `Finding`. */
export async function fuzz(target: Target, options: FuzzOptions): Promise<Report> {
	const start = performance.now();
	const random = new FuzzRandom(options.seed);
	const corpus = [...target.corpus, new Uint8Array(0)];
	const outcomes = new Set<string>();
	const given = corpus.length;
	for (let count = 0; count < options.executions; count++) {
		const input = corpus[count < given ? count : -1] ?? mutate(corpus, target, random);
		options.onInput?.(input);
		try {
			const result = target.execute(input);
			const outcome = typeof result === "string" ? result : await result;
			if (outcomes.has(outcome)) continue;
			outcomes.add(outcome);
			if (count >= given && corpus.length < corpusLengthMaximum) corpus.push(input);
		} catch (error) {
			throw await shortened(target, input, error);
		}
	}
	const milliseconds = performance.now() - start;
	return { executions: options.executions, outcomes: outcomes.size, milliseconds };
}

/** Leaves out what isn't needed for the input to break a promise, from halves down to bytes. */
async function shortened(target: Target, input: Uint8Array, error: unknown): Promise<Finding> {
	let finding = new Finding(input, error);
	let count = 0;
	for (let size = input.length >> 1; size > 0; size >>= 1) {
		for (let offset = 0; offset < finding.input.length;) {
			if (++count > shortenExecutionsMaximum) return finding;
			const shorter = splice(finding.input, offset, size, new Uint8Array(0));
			try {
				await target.execute(shorter);
				offset += size;
			} catch (cause) {
				finding = new Finding(shorter, cause);
			}
		}
	}
	return finding;
}

/** `sfc32` of PractRand: small, fast, and good enough to pick bytes. */
export class FuzzRandom {
	#a = 0;
	#b = 0;
	#c: number;
	#counter = 1;

	constructor(seed: number) {
		this.#c = seed | 0;
		for (let count = 0; count < 12; count++) this.next();
	}

	/** 32 bits. */
	next(): number {
		const sum = (this.#a + this.#b + this.#counter++) | 0;
		this.#a = this.#b ^ (this.#b >>> 9);
		this.#b = (this.#c + (this.#c << 3)) | 0;
		this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
		return sum >>> 0;
	}

	/** From 0 to `end` - 1. */
	below(end: number): number {
		return end <= 1 ? 0 : this.next() % end;
	}

	pick<T>(list: readonly [T, ...T[]]): T {
		return list[this.below(list.length)] ?? list[0];
	}

	bytes(length: number): Uint8Array {
		return Uint8Array.from({ length }, () => this.next() & 0xff);
	}
}

type Change = (input: Uint8Array, other: Uint8Array, random: FuzzRandom) => Uint8Array;

/** Values at which formats and arithmetic turn over. */
const edges = [0x00, 0x01, 0x0a, 0x0d, 0x20, 0x22, 0x7f, 0x80, 0xc0, 0xc1, 0xfe, 0xff] as const;
const insertLengthMaximum = 16;

const changes: readonly [Change, ...Change[]] = [
	(input, _, random) => changed(input, random, (byte) => byte ^ (1 << random.below(8))),
	(input, _, random) => changed(input, random, () => random.pick(edges)),
	(input, _, random) => changed(input, random, () => random.below(256)),
	(input, _, random) => changed(input, random, (byte) => byte + random.pick([-1, 1])),
	(input, _, random) => input.subarray(0, random.below(input.length + 1)),
	(input, _, random) => splice(input, random.below(input.length), 1 + random.below(16)),
	(input, _, random) => {
		const bytes = random.bytes(1 + random.below(insertLengthMaximum));
		return splice(input, random.below(input.length + 1), 0, bytes);
	},
	(input, _, random) => {
		const count = 1 + random.below(insertLengthMaximum);
		const bytes = new Uint8Array(count).fill(random.pick(edges));
		return splice(input, random.below(input.length + 1), 0, bytes);
	},
	(input, _, random) => {
		const piece = part(input, random);
		return splice(input, random.below(input.length + 1), 0, piece);
	},
	(input, other, random) => splice(input, random.below(input.length + 1), 0, part(other, random)),
	(input, other, random) => {
		const piece = part(other, random);
		return splice(input, random.below(input.length + 1), piece.length, piece);
	},
	(input, other, random) => {
		const head = input.subarray(0, random.below(input.length + 1));
		return splice(head, head.length, 0, other.subarray(random.below(other.length + 1)));
	},
];

/** One in so many inputs has nothing of the corpus. */
const rawInputsShare = 50;

function mutate(
	corpus: readonly Uint8Array[],
	{ lengthMaximum }: Pick<Target, "lengthMaximum">,
	random: FuzzRandom,
): Uint8Array {
	if (random.below(rawInputsShare) === 0) return random.bytes(random.below(64));
	const pick = (): Uint8Array => corpus[random.below(corpus.length)] ?? new Uint8Array(0);
	let input = pick();
	for (let count = 1 << random.below(4); count > 0; count--) {
		input = random.pick(changes)(input, pick(), random);
	}
	return input.slice(0, lengthMaximum);
}

function changed(
	input: Uint8Array,
	random: FuzzRandom,
	change: (byte: number) => number,
): Uint8Array {
	const result = input.slice();
	const index = random.below(result.length);
	const byte = result[index];
	if (byte !== undefined) result[index] = change(byte);
	return result;
}

/** Some bytes of `input`, from anywhere in it. */
function part(input: Uint8Array, random: FuzzRandom): Uint8Array {
	const start = random.below(input.length + 1);
	return input.subarray(start, start + 1 + random.below(random.pick([4, 32, 256])));
}

/** `input` with `count` bytes from `offset` on replaced. */
function splice(
	input: Uint8Array,
	offset: number,
	count: number,
	bytes: Uint8Array = new Uint8Array(0),
): Uint8Array {
	const rest = input.subarray(Math.min(offset + count, input.length));
	const result = new Uint8Array(offset + bytes.length + rest.length);
	result.set(input.subarray(0, offset));
	result.set(bytes, offset);
	result.set(rest, offset + bytes.length);
	return result;
}
