/** `npm run faults`: journeys, updates and renewals with all that can go wrong. */

import { parseArgs } from "node:util";
import { processorKind } from "../../hosts/board/open-board.js";
import { runMain } from "../../hosts/command/main-program.js";
import { wholeNumber } from "../../hosts/command/whole-number.js";
import type { Journeys } from "./campaigns.js";

/** A service's first CA ends after 20. */
const yearsMaximum = 15;
const devicesDefault = 1000;

const usage = `npm run faults -- [options]

Journeys with faults, drawn from seeds: the same seed, the same faults.

  --seed N             the first seed (0)
  --count N            so many journeys (1)
  --updates N          then so many updates; with --count 0 only these
  --processor xs|v8    the board's processor (v8)
  --alone              without a person at the console

Instead of them:
  --play TEXT          what a broken journey has printed, again
  --singles            each mishap by itself
  --pairs              each two cuts of power
  --update-cuts        each cut of power in an update
  --update-pairs       each two of them, from install to confirmation
  --renewals N         renewals of key and certificate
  --next-authority     with --renewals: each takes a CA that has followed
  --two-people         each cut of power where several people sign a product's bundles
  --years N            so many years of a fleet: sales, thefts, repairs, outages, new keys
  --devices N          with --years: so many devices (1000)
  --heap               the memory ends at each call of the board; on XS it is also too small
  --help`;

await runMain({
	name: "npm run faults --",
	usage: () => usage,
	async run() {
		const words = readWords();
		const { seed, processor, isAlone } = words;
		// A service and a board are much to load for who has mistyped a word.
		const campaigns = await import("./campaigns.js");
		if (words.heap) await campaigns.playHeaps(words);
		else if (words.years !== undefined)
			await campaigns.playYearsOf({ ...words, years: words.years });
		else if (words.renewals > 0)
			await campaigns.playRenewals(words, words.renewals, words.isNextAuthority);
		else if (words.twoPeople) await campaigns.playTwoPeople(words);
		else if (words.updateCuts) await campaigns.playUpdateCuts(words);
		else if (words.updatePairs) await campaigns.playUpdatePairs();
		else {
			const { kind, schedule, count, updates } = words;
			const journeys = { kind, schedule, count, seed, processor, isAlone };
			if (count > 0) await campaigns.playJourneys(journeys);
			if (updates > 0) await campaigns.playUpdates(seed, updates);
		}
	},
});

function readWords() {
	const { values } = parseArgs({
		options: {
			seed: { type: "string", default: "0" },
			count: { type: "string", default: "1" },
			processor: { type: "string", default: "v8" },
			play: { type: "string" },
			alone: { type: "boolean", default: false },
			pairs: { type: "boolean", default: false },
			singles: { type: "boolean", default: false },
			updates: { type: "string", default: "0" },
			renewals: { type: "string", default: "0" },
			"next-authority": { type: "boolean", default: false },
			"two-people": { type: "boolean", default: false },
			"update-cuts": { type: "boolean", default: false },
			"update-pairs": { type: "boolean", default: false },
			heap: { type: "boolean", default: false },
			years: { type: "string" },
			devices: { type: "string" },
		},
	});
	const { pairs, singles, heap, play: schedule } = values;
	const kind: Journeys["kind"] = pairs ? "pairs" : singles ? "singles" : "drawn";
	return {
		...{ kind, schedule, heap, isAlone: values.alone },
		seed: wholeNumber("--seed", values.seed),
		count: wholeNumber("--count", values.count),
		updates: wholeNumber("--updates", values.updates),
		renewals: wholeNumber("--renewals", values.renewals),
		...fleetOf(values),
		processor: processorKind(values.processor),
		isNextAuthority: values["next-authority"],
		twoPeople: values["two-people"],
		updateCuts: values["update-cuts"],
		updatePairs: values["update-pairs"],
	} as const;
}

/** Throws where there would be nothing to play. */
function fleetOf(words: {
	readonly years?: string | undefined;
	readonly devices?: string | undefined;
}) {
	const years = words.years === undefined ? undefined : wholeNumber("--years", words.years);
	const devices =
		words.devices === undefined ? devicesDefault : wholeNumber("--devices", words.devices);
	if (years === 0 || (years !== undefined && years > yearsMaximum))
		throw new Error(`--years takes 1 to ${yearsMaximum}.`);
	if (devices === 0) throw new Error("--devices takes 1 or more.");
	if (words.devices !== undefined && years === undefined)
		throw new Error("--devices goes with --years.");
	return { years, devices };
}
