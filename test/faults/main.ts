/** `npm run faults`: plays journeys with faults, by their seeds. */

import { parseArgs } from "node:util";
import { playSeed } from "./play.js";
import { scheduleOf, textOf } from "./schedule.js";

const { values } = parseArgs({
	options: {
		seed: { type: "string", default: "1" },
		count: { type: "string", default: "1" },
		processor: { type: "string", default: "v8" },
	},
});
const first = Number(values.seed);
const count = Number(values.count);
const processor = values.processor === "xs" ? "xs" : "v8";
let happened = 0;
let broken = 0;
for (let seed = first; seed < first + count; seed++) {
	if (count === 1) console.log(textOf(scheduleOf(seed)));
	try {
		happened += await playSeed(seed, processor);
	} catch (error) {
		broken++;
		console.error(error);
	}
}
console.log(
	count + " journeys on " + processor + ", " + happened + " faults, " + broken + " broken",
);
process.exitCode = broken === 0 ? 0 : 1;
