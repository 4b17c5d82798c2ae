/** How a command ends: Gecko OS's error digits, and the head of a reply in machine format. */

import { DmsError, DmsResult } from "../protocol/result.js";

/** The digit behind the `R` of a reply's head. */
export const ErrorDigit = Object.freeze({
	Success: 0,
	CommandFailed: 1,
	ParseError: 2,
	UnknownCommand: 3,
	TooFewArguments: 4,
	TooManyArguments: 5,
	UnknownVariable: 6,
	InvalidArgument: 7,
	Overflow: 8,
	BoundsError: 9,
} as const);

export type ErrorDigit = (typeof ErrorDigit)[keyof typeof ErrorDigit];

const titles = Object.freeze([
	"Success",
	"Command failed",
	"Parse error",
	"Unknown command",
	"Too few arguments",
	"Too many arguments",
	"Unknown variable or option",
	"Invalid argument",
	"Overflow",
	"Bounds error",
]);

/** What five digits can say. */
const payloadLengthMaximum = 99_999;

/** A command that could not be run as it was typed. The sentence says what to do. */
export class CommandError extends Error {
	readonly digit: ErrorDigit;

	constructor(digit: ErrorDigit, sentence: string) {
		super(sentence);
		this.digit = digit;
	}
}

/** The digit of what a command threw; `undefined` for a programmer's error. */
export function digitOf(error: unknown): ErrorDigit | undefined {
	if (error instanceof CommandError) return error.digit;
	if (!(error instanceof DmsError)) return undefined;
	switch (error.result) {
		case DmsResult.BadArgument:
			return ErrorDigit.InvalidArgument;
		case DmsResult.BadOption:
			return ErrorDigit.UnknownVariable;
		case DmsResult.OutOfBuffers:
			return ErrorDigit.Overflow;
		default:
			return ErrorDigit.CommandFailed;
	}
}

/** The two lines of a failure: what controllers compare, and what a person reads. */
export function failureLines(digit: ErrorDigit, sentence: string): readonly string[] {
	return [titles[digit] ?? "", sentence];
}

/** The 9 bytes in front of a reply of so many bytes, its last line end included. */
export function replyHead(digit: ErrorDigit, byteLength: number): string {
	if (byteLength > payloadLengthMaximum) throw new RangeError("a reply of " + byteLength);
	return "R" + digit + String(byteLength).padStart(5, "0") + "\r\n";
}
