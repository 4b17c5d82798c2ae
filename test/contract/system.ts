/** Promises of the system as a whole. */

import type { Host } from "../../src/host.js";
import { equal, isTrue } from "../device/check.js";
import { untilReset, type Row } from "./row.js";

function beginsAnew(host: Host): void {
	isTrue(host.clock.ticks() < 60_000, "time begins anew");
	isTrue(host.system.version !== "", "it runs");
}

/** A row in which an unexpected error of this kind must lead to a restart. */
function failsWith(what: string, error: () => unknown): Row {
	return {
		name: "the device begins anew after " + what + " that nobody expected",
		run: (host) => {
			host.system.fail(error());
			return untilReset();
		},
		afterReset: beginsAnew,
	};
}

export const systemRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "the platform is a short name in lower case",
		run: ({ system }) => isTrue(/^[a-z][a-z0-9_-]{0,31}$/.test(system.platform), system.platform),
	},
	{
		name: "the version is four numbers",
		run: ({ system }) => isTrue(/^\d+\.\d+\.\d+\.\d+$/.test(system.version), system.version),
	},
	{
		name: "the build time is ISO 8601 in UTC",
		run: ({ system }) => {
			isTrue(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(system.built), system.built);
			isTrue(Date.parse(system.built) > 0, "it is a time");
		},
	},
	{
		name: "what the system says of itself stays the same",
		run: ({ system }) => {
			const said = [system.platform, system.version, system.built];
			equal([system.platform, system.version, system.built], said);
		},
	},
	{
		name: "a restart begins anew",
		run: ({ system }) => {
			system.restart();
			return untilReset();
		},
		afterReset: beginsAnew,
	},
	{
		name: "a sleep takes its time, then the device begins anew",
		run: ({ system }) => {
			system.sleep(1_000);
			return untilReset();
		},
		afterReset: beginsAnew,
	},
	failsWith("an error", () => new TypeError("planted")),
	failsWith("nothing at all", () => undefined),
	failsWith("an error without words", () => Object.create(null)),
	failsWith("a symbol", () => Symbol("planted")),
]);
