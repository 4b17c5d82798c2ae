/** Which faults befall one journey, and the line of text that says so and can be played again. */

import { cutPoints, type Occasion } from "../../hosts/board/power.js";
import type { ExchangeFault } from "../journey/air.js";

export interface Schedule {
	readonly cuts: readonly Occasion[];
	/** By the number of the exchange. */
	readonly faults: ReadonlyMap<number, ExchangeFault>;
}

type Kind = ExchangeFault["kind"];
type DetailOf<Fault> = Fault extends ExchangeFault ? Exclude<keyof Fault, "kind"> : never;
export type Detail = DetailOf<ExchangeFault>;

/** What says more about a fault of each kind. */
const details: Readonly<Record<Kind, readonly Detail[]>> = {
	"connection refused": [],
	"request lost": [],
	"reply lost": [],
	"request reset": ["fraction"],
	"reply reset": ["fraction"],
	"reply truncated": ["fraction"],
	"request delayed": ["milliseconds"],
	"reply delayed": ["milliseconds"],
	"request overtaken": ["milliseconds"],
	"request repeated": ["milliseconds"],
	"server error": ["status"],
	"server busy": ["status", "waitSeconds"],
	"server busy until": ["status", "waitSeconds"],
	"killed before commit": [],
	"killed after commit": [],
	"killed while it replies": ["fraction"],
	"service restored": ["backup"],
	"device clock": ["jumpSeconds"],
	"service clock": ["errorSeconds"],
};
export const kinds: readonly string[] = Object.keys(details);

/** A fault of this kind, with the details that it asks for. */
export function faultOf(kind: string, detail: (name: Detail) => number): ExchangeFault {
	if (!isKind(kind)) throw new Error("there is no fault of this kind: " + kind);
	const values = details[kind].map((name) => [name, detail(name)]);
	return { kind, ...Object.fromEntries(values) } as ExchangeFault;
}

function isKind(text: string): text is Kind {
	return text in details;
}

/** One line, for a person and for `parseSchedule`. */
export function textOf({ cuts, faults }: Schedule): string {
	const parts = [
		...cuts.map((cut) =>
			cut.kind === "flash"
				? "power cut " + cut.point + " in flash operation " + cut.index
				: "power cut before message " + cut.index,
		),
		...[...faults].map(([exchange, { kind, ...values }]) => {
			const text = Object.entries(values).map(([name, value]) => " " + name + " " + value);
			return kind + " in exchange " + exchange + text.join("");
		}),
	];
	return parts.join("; ");
}

/** The schedule of a text made by `textOf`. Throws when it isn't one. */
export function parseSchedule(text: string): Schedule {
	const cuts: Occasion[] = [];
	const faults = new Map<number, ExchangeFault>();
	for (const part of text.split("; ").filter((part) => part !== "")) {
		const flash = /^power cut (\w+) in flash operation (\d+)$/.exec(part);
		const message = /^power cut before message (\d+)$/.exec(part);
		const exchange = /^(.+) in exchange (\d+)((?: \w+ -?[\d.]+)*)$/.exec(part);
		const point = cutPoints.find((point) => point === flash?.[1]);
		if (flash !== null && point !== undefined) {
			cuts.push({ kind: "flash", index: Number(flash[2]), point });
		} else if (message !== null) cuts.push({ kind: "message", index: Number(message[1]) });
		else if (exchange !== null) {
			const [, kind = "", index, values = ""] = exchange;
			faults.set(Number(index), faultOf(kind, detailsIn(values, part)));
		} else throw new Error("this is no fault: " + part);
	}
	return { cuts, faults };
}

function detailsIn(text: string, part: string): (name: Detail) => number {
	const values = new Map(
		[...text.matchAll(/(\w+) (\S+)/g)].map(([, name, value]) => [name, value]),
	);
	return (name) => {
		const value = Number(values.get(name));
		if (Number.isNaN(value)) throw new Error("this fault needs " + name + ": " + part);
		return value;
	};
}
