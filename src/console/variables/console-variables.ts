/** How the console itself behaves: for people, or for machines. */

import type { Variable } from "../../device.js";

export const echo = Object.freeze<Variable>({
	name: "system.cmd.echo",
	type: "boolean",
	initial: "1",
});

export const hasHeader = Object.freeze<Variable>({
	name: "system.cmd.header_enabled",
	type: "boolean",
	initial: "0",
});

export const hasPrompt = Object.freeze<Variable>({
	name: "system.cmd.prompt_enabled",
	type: "boolean",
	initial: "1",
});

export const isBuffered = Object.freeze<Variable>({
	name: "system.cmd.buffered",
	type: "boolean",
	initial: "0",
});

export const printLevel = Object.freeze<Variable>({
	name: "system.print_level",
	type: "choice",
	options: Object.freeze(["0", "all"]),
	initial: "all",
});

export const autoClose = Object.freeze<Variable>({
	name: "stream.auto_close",
	abbreviation: "st a",
	type: "boolean",
	initial: "1",
});

const human = "human";
const machine = "machine";

const format = Object.freeze<Variable>({
	name: "system.cmd.format",
	type: "choice",
	options: Object.freeze([human, machine]),
	initial: human,
	set: ({ settings }, value) => {
		const isMachine = value === machine;
		settings.set(format.name, value);
		settings.set(echo.name, isMachine ? "0" : "1");
		settings.set(hasHeader.name, isMachine ? "1" : "0");
		settings.set(hasPrompt.name, isMachine ? "0" : "1");
		settings.set(printLevel.name, isMachine ? "0" : "all");
	},
});

export const consoleVariables: readonly Variable[] = Object.freeze([
	isBuffered,
	echo,
	format,
	hasHeader,
	hasPrompt,
	printLevel,
	autoClose,
]);
