/**
 * Finds commands and variables by what was typed. The full dotted name of a variable and its
 * abbreviation, a unique prefix of each part with spaces between, mean the same.
 */

import type { Command, Device, Variable } from "../device.js";
import { CommandError, ErrorDigit } from "./reply.js";

/** Gecko OS's abbreviations have two letters for the first part, such as `wl s`. */
const firstPartLengthMinimum = 2;

/** The command of that index: the device's own, then the app's. */
export function commandAt({ commands, app }: Device, index: number): Command | undefined {
	return rowAt(commands, app.commands, index);
}

/** The variable of that index: the device's own, then the app's. */
export function variableAt({ variables, app }: Device, index: number): Variable | undefined {
	return rowAt(variables, app.variables, index);
}

export function findCommand(device: Device, name: string): Command | undefined {
	for (let index = 0; ; index++) {
		const command = commandAt(device, index);
		if (command === undefined || command.name === name || command.abbreviation === name) {
			return command;
		}
	}
}

/** The variable that words name, or `undefined` when there is none or more than one. */
export function findVariable(device: Device, words: readonly string[]): Variable | undefined {
	const pattern = words.join(".");
	let found: Variable | undefined;
	let count = 0;
	for (let index = 0; ; index++) {
		const variable = variableAt(device, index);
		if (variable === undefined) return count === 1 ? found : undefined;
		if (variable.name === pattern || isAbbreviation(variable, pattern)) return variable;
		if (restBehind(pattern, variable.name) !== "") continue;
		found = variable;
		count++;
	}
}

/** The variables of a group, such as `wlan` or `sy c`; none when the words name more than one. */
export function variablesIn(device: Device, words: readonly string[]): Variable[] {
	const pattern = words.join(".");
	const found: Variable[] = [];
	let group: string | undefined;
	for (let index = 0; ; index++) {
		const variable = variableAt(device, index);
		if (variable === undefined) return found;
		const { name } = variable;
		const rest = restBehind(pattern, name) ?? "";
		const isShort = rest === "" && isAbbreviation(variable, pattern, ".");
		if (rest === "" && !isShort) continue;
		const own = isShort ? name.slice(0, name.lastIndexOf(".")) : name.slice(0, -rest.length);
		if (group === undefined || own === pattern) {
			if (own !== group) found.length = 0;
			group = own;
		} else if (own !== group) {
			if (group === pattern) continue;
			return [];
		}
		found.push(variable);
	}
}

/** The abbreviation of a variable, as `help variables` shows it. */
export function abbreviationOf(device: Device, { name, abbreviation }: Variable): string {
	if (abbreviation !== undefined) return abbreviation;
	let result = "";
	for (let start = 0; start <= name.length;) {
		const dot = name.indexOf(".", start);
		const end = dot < 0 ? name.length : dot;
		let length = start === 0 ? firstPartLengthMinimum : 1;
		while (start + length < end && !isUnique(device, name, start + length, end)) length++;
		result += (start === 0 ? "" : " ") + name.slice(start, Math.min(start + length, end));
		start = end + 1;
	}
	return result;
}

export function unknownVariable(): CommandError {
	return new CommandError(
		ErrorDigit.UnknownVariable,
		"No variable has that name, or more than one could. `help variables` lists them.",
	);
}

function rowAt<T>(
	own: readonly T[],
	others: readonly T[] | undefined,
	index: number,
): T | undefined {
	return index < own.length ? own[index] : others?.[index - own.length];
}

/** Whether no other part in this place begins like `name` up to `end`. */
function isUnique(device: Device, name: string, end: number, partEnd: number): boolean {
	const prefix = name.slice(0, end);
	const part = name.slice(0, partEnd);
	for (let index = 0; ; index++) {
		const variable = variableAt(device, index);
		if (variable === undefined) return true;
		const other = variable.name;
		if (!other.startsWith(prefix)) continue;
		const isSame =
			other.startsWith(part) && (other.length === partEnd || other.charAt(partEnd) === ".");
		if (!isSame) return false;
	}
}

function isAbbreviation({ abbreviation }: Variable, pattern: string, behind = ""): boolean {
	if (abbreviation === undefined) return false;
	const dotted = abbreviation.split(" ").join(".");
	return behind === "" ? dotted === pattern : dotted.startsWith(pattern + behind);
}

/**
 * What of `name` stands behind the parts that `pattern` has prefixes of, its dot included;
 * `undefined` when they don't fit.
 */
function restBehind(pattern: string, name: string): string | undefined {
	let position = 0;
	let isPartBegun = false;
	for (let index = 0; index < pattern.length; index++) {
		const character = pattern.charAt(index);
		if (character === ".") {
			position = name.indexOf(".", position) + 1;
			if (position === 0 || !isPartBegun) return undefined;
			isPartBegun = false;
		} else {
			if (name.charAt(position++) !== character) return undefined;
			isPartBegun = true;
		}
	}
	if (!isPartBegun) return undefined;
	const dot = name.indexOf(".", position);
	return dot < 0 ? "" : name.slice(dot);
}
