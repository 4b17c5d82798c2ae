/** Variables: showing, changing and keeping them. */

import type { Answer, Command, Device, Variable } from "../../device.js";
import { utf8Length } from "../../encoding/utf8.js";
import { DmsError, DmsResult } from "../../protocol/result.js";
import { findVariable, unknownVariable, variableAt, variablesIn } from "../names.js";
import { CommandError, ErrorDigit } from "../reply.js";
import { limitsOf, setValue, shownValue } from "../values.js";

const success = "Success";
/** Of a profile, in bytes. */
const nameLengthMaximum = 32;
/** An abbreviation of four words, and an argument or a value. */
const wordsMaximum = 5;

export const settingsCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "get",
		parameters: "<variable | group | all>",
		count: Object.freeze([1, wordsMaximum]),
		options: Object.freeze(["all"]),
		isOnVariable: true,
		run: show,
	}),
	Object.freeze<Command>({
		name: "set",
		parameters: "<variable> <value>",
		count: Object.freeze([2, wordsMaximum]),
		isOnVariable: true,
		run: change,
	}),
	Object.freeze<Command>({
		name: "save",
		parameters: "[name]",
		count: Object.freeze([0, 1]),
		run: ({ settings }, [name]) => {
			if (name === undefined) settings.save();
			else settings.saveProfile(checkedName(name));
			return success;
		},
	}),
	Object.freeze<Command>({
		name: "load",
		parameters: "[name]",
		count: Object.freeze([0, 1]),
		run: ({ settings }, [name]) => {
			if (name === undefined) settings.load();
			else if (!settings.loadProfile(name)) throw noProfile(settings.profiles);
			return success;
		},
	}),
	Object.freeze<Command>({
		name: "file_delete",
		abbreviation: "fde",
		parameters: "<name>",
		count: Object.freeze([1, 1]),
		run: ({ settings }, [name = ""]) => {
			if (!settings.deleteProfile(name)) throw noProfile(settings.profiles);
			return success;
		},
	}),
]);

function checkedName(name: string): string {
	const length = utf8Length(name);
	if (length > 0 && length <= nameLengthMaximum) return name;
	throw new CommandError(
		ErrorDigit.InvalidArgument,
		"A name has 1 to " + nameLengthMaximum + " bytes.",
	);
}

function noProfile(names: readonly string[]): CommandError {
	const known = names.length === 0 ? "" : " Those that there are: " + names.join(", ");
	return new CommandError(
		ErrorDigit.InvalidArgument,
		"No settings are saved under that name." + known,
	);
}

function show(device: Device, words: readonly string[]): Answer {
	if (words.length === 1 && words[0] === "all") return allValues(device);
	const variable = findVariable(device, words);
	if (variable !== undefined) return shownValue(device, variable);
	const group = variablesIn(device, words);
	if (group.length > 0) return valuesOf(device, group);
	const { variable: named, rest } = split(device, words);
	const [argument = "", ...more] = rest;
	if (named.options === undefined || named.access !== "get" || more.length > 0) {
		throw tooMany("get " + named.name);
	}
	if (!named.options.includes(argument)) {
		throw new CommandError(ErrorDigit.InvalidArgument, "One of: " + named.options.join(", ") + ".");
	}
	return shownValue(device, named, argument);
}

async function change(device: Device, words: readonly string[]): Promise<string> {
	const { variable, rest } = split(device, words);
	const [value, ...more] = rest;
	if (value === undefined) {
		const isText = (variable.type ?? "text") === "text";
		const hint = isText ? 'To clear it: ""' : limitsOf(variable);
		throw new CommandError(
			ErrorDigit.TooFewArguments,
			"Usage: set " + variable.name + " <value>. " + hint,
		);
	}
	if (more.length > 0) throw tooMany("set " + variable.name + ' "<value>"');
	if (variable.access === "get") {
		throw new DmsError(DmsResult.Unsupported, variable.name + " can't be set.");
	}
	await setValue(device, variable, value);
	return "Set OK";
}

/** The variable that the first words name, and the words behind: one, if that is possible. */
function split(
	device: Device,
	words: readonly string[],
): { readonly variable: Variable; readonly rest: readonly string[] } {
	for (let index = -1; index <= words.length; index++) {
		const length = index < 0 ? words.length - 1 : index;
		const variable = length === 0 ? undefined : findVariable(device, words.slice(0, length));
		if (variable !== undefined) return { variable, rest: words.slice(length) };
	}
	throw unknownVariable();
}

function allValues(device: Device): Answer {
	const all: Variable[] = [];
	for (let index = 0; ; index++) {
		const variable = variableAt(device, index);
		if (variable === undefined) return valuesOf(device, all);
		all.push(variable);
	}
}

/** The values of one moment: some, such as the uptime, change while they are being printed. */
function valuesOf(device: Device, variables: readonly Variable[]): Answer {
	const values = variables.map((variable) => shownValue(device, variable));
	return (index) => {
		const variable = variables[index];
		return variable && variable.name + ": " + (values[index] ?? "");
	};
}

function tooMany(usage: string): CommandError {
	return new CommandError(ErrorDigit.TooManyArguments, "Usage: " + usage);
}
