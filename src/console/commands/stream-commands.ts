/** Long replies that are kept for a controller to read in pieces. */

import type { Command } from "../../device.js";
import { CommandError, ErrorDigit } from "../reply.js";

const countDigitsMaximum = 5;

export const streamCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "stream_read",
		abbreviation: "read",
		parameters: "<handle> <count>",
		count: Object.freeze([2, 2]),
		run: ({ streams }, [handle = "", count = ""]) =>
			streams.read(wholeNumber(handle), wholeNumber(count, 1)),
	}),
	Object.freeze<Command>({
		name: "stream_poll",
		abbreviation: "poll",
		parameters: "<handle>",
		count: Object.freeze([1, 1]),
		run: ({ streams }, [handle = ""]) => (streams.isAtEnd(wholeNumber(handle)) ? "2" : "1"),
	}),
	Object.freeze<Command>({
		name: "stream_list",
		abbreviation: "list",
		run: ({ streams }) => streams.list(),
	}),
	Object.freeze<Command>({
		name: "stream_close",
		abbreviation: "close",
		parameters: "<handle | all>",
		count: Object.freeze([1, 1]),
		options: Object.freeze(["all"]),
		run: ({ streams }, [handle = ""]) => {
			if (handle === "all") streams.closeAll();
			else streams.close(wholeNumber(handle));
			return "Success";
		},
	}),
]);

function wholeNumber(text: string, minimum = 0): number {
	const isWhole = text.length <= countDigitsMaximum && /^\d+$/.test(text);
	if (isWhole && Number(text) >= minimum) return Number(text);
	throw new CommandError(
		ErrorDigit.InvalidArgument,
		"A handle is a whole number, and so is a count from 1, of at most " +
			countDigitsMaximum +
			" digits.",
	);
}
