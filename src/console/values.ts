/** The values of variables: what a row takes, and what it shows. */

import type { Device, Variable } from "../device.js";
import { utf8Length } from "../encoding/utf8.js";
import { ipv4Of } from "../encoding/ipv4.js";
import { CommandError, ErrorDigit } from "./reply.js";

const mask = "********";

/** The value for showing: a secret's is asterisks. */
export function shownValue(device: Device, variable: Variable, argument?: string): string {
	if (variable.access !== "set") return valueOf(device, variable, argument);
	const isSet = variable.isSet?.(device) ?? valueOf(device, variable) !== "";
	return isSet ? mask : "";
}

/** The value itself. */
export function valueOf(device: Device, variable: Variable, argument?: string): string {
	if (variable.get !== undefined) return variable.get(device, argument);
	return device.settings.get(variable.name, variable.initial);
}

/** Whether a variable of the type `boolean` is 1. */
export function isOn(device: Device, variable: Variable): boolean {
	return valueOf(device, variable) === "1";
}

/** Sets a variable, if the value is of its type and within its limits. */
export async function setValue(device: Device, variable: Variable, text: string): Promise<void> {
	const value = checkedValue(variable, text);
	if (variable.set !== undefined) await variable.set(device, value);
	else device.settings.set(variable.name, value);
}

/** What a value must be, as a sentence. */
export function limitsOf(variable: Variable): string {
	const { minimum = 0, maximum = 0, options = [] } = variable;
	switch (variable.type) {
		case "boolean":
			return "0 or 1; also off and on, false and true.";
		case "integer":
			return "A whole number from " + minimum + " to " + maximum + ".";
		case "choice":
			return "One of: " + options.join(", ") + ".";
		case "address":
			return "An IPv4 address, such as 192.168.1.20; 0.0.0.0 for none.";
		default:
			if (minimum === 0) return "At most " + maximum + " bytes.";
			return (minimum === maximum ? "" : minimum + " to ") + maximum + ' bytes, or none: "".';
	}
}

/** The value as it is kept. */
function checkedValue(variable: Variable, text: string): string {
	const value = variable.type === "boolean" ? booleanOf(text) : text;
	if (value === undefined || !isWithin(variable, value)) {
		throw new CommandError(ErrorDigit.InvalidArgument, limitsOf(variable));
	}
	return variable.type === "integer" ? String(Number(value)) : value;
}

function isWithin({ type, minimum = 0, maximum = 0, options = [] }: Variable, value: string) {
	switch (type) {
		case "boolean":
			return true;
		case "choice":
			return options.includes(value);
		case "address":
			return ipv4Of(value) !== undefined;
		case "integer": {
			const number = Number(value);
			return isDecimal(value) && number >= minimum && number <= maximum;
		}
		default: {
			const length = utf8Length(value);
			return length === 0 || (length >= minimum && length <= maximum);
		}
	}
}

function booleanOf(text: string): string | undefined {
	if (text === "1" || text === "on" || text === "true") return "1";
	return text === "0" || text === "off" || text === "false" ? "0" : undefined;
}

/** Digits with a sign before them, perhaps: `Number` takes much more. */
function isDecimal(text: string): boolean {
	const start = text.startsWith("-") ? 1 : 0;
	if (text.length === start) return false;
	for (let index = start; index < text.length; index++) {
		const character = text.charAt(index);
		if (character < "0" || character > "9") return false;
	}
	return true;
}
