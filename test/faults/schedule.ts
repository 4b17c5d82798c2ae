/** Which faults befall one journey, and the line of text that says so and can be played again. */

import { cutPoints, type Occasion, troubles } from "../../hosts/board/power.js";
import type { ExchangeFault } from "../journey/faulty-network.js";

export interface Schedule {
	readonly cuts: readonly Occasion[];
	/** By the number of the exchange. */
	readonly faults: ReadonlyMap<number, ExchangeFault>;
	/** The device lies in a drawer for so long before that line of the journey is typed. */
	readonly absence?: Absence | undefined;
	/** The app writes all into flash that it is allowed to. */
	readonly isFilling?: boolean | undefined;
}

export interface Absence {
	readonly line: number;
	readonly days: number;
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
	"network lost": ["milliseconds"],
	"name unknown": [],
	"foreign answer": ["status"],
	"reply drips": ["milliseconds"],
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

const fillingText = "an app that fills the flash";

/** One line, for a person and for `parseSchedule`. */
export function textOf({ cuts, faults, absence, isFilling }: Schedule): string {
	const parts = [
		...(absence ? ["absence of " + absence.days + " days before line " + absence.line] : []),
		...(isFilling ? [fillingText] : []),
		...cuts.map(textOfOccasion),
		...[...faults].map(([exchange, { kind, ...values }]) => {
			const text = Object.entries(values).map(([name, value]) => " " + name + " " + value);
			return kind + " in exchange " + exchange + text.join("");
		}),
	];
	return parts.join("; ");
}

function textOfOccasion(occasion: Occasion): string {
	const { kind, index } = occasion;
	switch (kind) {
		case "flash":
			return "power cut " + occasion.point + " in flash operation " + index;
		case "message":
			return "power cut before message " + index;
		case "panic":
			return "panic before message " + index;
		case "brown-out":
			return "brown-out before message " + index;
		case "exhaustion":
			return "memory full before call " + index;
		case "rot":
			return "bit rot before read " + index;
		default:
			return occasion.count + " failures from " + kind + " " + index + " on";
	}
}

/** The occasion of such a text, or `undefined` when it isn't one. */
function occasionOf(text: string): Occasion | undefined {
	const [, pointText, flash] = /^power cut (\w+) in flash operation (\d+)$/.exec(text) ?? [];
	const point = cutPoints.find((point) => point === pointText);
	if (point !== undefined) return { kind: "flash", index: Number(flash), point };
	const [, message] = /^power cut before message (\d+)$/.exec(text) ?? [];
	if (message !== undefined) return { kind: "message", index: Number(message) };
	const [, panic] = /^panic before message (\d+)$/.exec(text) ?? [];
	if (panic !== undefined) return { kind: "panic", index: Number(panic) };
	const [, rot] = /^bit rot before read (\d+)$/.exec(text) ?? [];
	if (rot !== undefined) return { kind: "rot", index: Number(rot) };
	const [, call] = /^memory full before call (\d+)$/.exec(text) ?? [];
	if (call !== undefined) return { kind: "exhaustion", index: Number(call) };
	const [, brownOut] = /^brown-out before message (\d+)$/.exec(text) ?? [];
	if (brownOut !== undefined) return { kind: "brown-out", index: Number(brownOut) };
	const [, count, name, index] = /^(\d+) failures from ([a-z ]+) (\d+) on$/.exec(text) ?? [];
	const kind = troubles.find((trouble) => trouble === name);
	return kind && { kind, index: Number(index), count: Number(count) };
}

/** The schedule of a text made by `textOf`. Throws when it isn't one. */
export function parseSchedule(text: string): Schedule {
	const cuts: Occasion[] = [];
	const faults = new Map<number, ExchangeFault>();
	let absence: Absence | undefined;
	let isFilling: boolean | undefined;
	for (const part of text.split("; ").filter((part) => part !== "")) {
		const occasion = occasionOf(part);
		const exchange = /^(.+) in exchange (\d+)((?: \w+ -?[\d.]+)*)$/.exec(part);
		const away = /^absence of (\d+) days before line (\d+)$/.exec(part);
		if (occasion !== undefined) cuts.push(occasion);
		else if (part === fillingText) isFilling = true;
		else if (away !== null) absence = { line: Number(away[2]), days: Number(away[1]) };
		else if (exchange !== null) {
			const [, kind = "", index, values = ""] = exchange;
			faults.set(Number(index), faultOf(kind, detailsIn(values, part)));
		} else throw new Error("this is no fault: " + part);
	}
	return { cuts, faults, absence, isFilling };
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
